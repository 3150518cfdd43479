/** Icons as drawings: fonts lack some of these signs. */
const icon = (d: string) => () => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d={d} />
  </svg>
);

export const PlayIcon = icon("M4 2.5v11l9-5.5z");
export const PauseIcon = icon("M4 3h3v10H4zM9 3h3v10H9z");
export const BackIcon = icon("M3 3h2v10H3zM13 3v10L6 8z");
export const ForwardIcon = icon("M11 3h2v10h-2zM3 3v10l7-5z");
export const RewindIcon = icon("M8 3a5 5 0 1 1-4.6 3l1.4.6A3.5 3.5 0 1 0 8 4.5V7L4 3.7 8 .5z");
export const SunMoonIcon = icon("M8 1.5a6.5 6.5 0 1 0 0 13zm0 0v13a6.5 6.5 0 0 0 0-13z");
export const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <circle cx="16" cy="16" r="13" fill="none" stroke="currentColor" stroke-width="3" />
    <circle cx="16" cy="16" r="5" fill="currentColor" />
  </svg>
);
