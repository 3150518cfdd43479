/** What a bound must stay below to say anything: guessing between two classes is wrong half of the time. */
export const GUESSING = 0.5;
