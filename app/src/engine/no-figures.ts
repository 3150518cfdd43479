/** Stands in the page for what draws the figures of studies (vite.config.ts). */
export {};
