/** Light or dark: as the system, until one chooses; the choice is kept. */
import { effect, signal } from "@preact/signals";

const KEY = "causalscope-theme";

function stored(): "light" | "dark" | undefined {
  try {
    const found = localStorage.getItem(KEY);
    return found === "light" || found === "dark" ? found : undefined;
  } catch {
    // Storage may be forbidden.
    return undefined;
  }
}

const system = matchMedia("(prefers-color-scheme: dark)");
const chosen = signal(stored());
const ofSystem = signal<"light" | "dark">(system.matches ? "dark" : "light");
system.addEventListener("change", () => {
  ofSystem.value = system.matches ? "dark" : "light";
});

export const theme = signal<"light" | "dark">("light");

effect(() => {
  theme.value = chosen.value ?? ofSystem.value;
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme(): void {
  chosen.value = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, chosen.value);
  } catch {
    // Then it is for this visit.
  }
}
