/**
 * Tests of two sizes: `npm test` does the small one, which shows the claim in seconds; `npm run test:slow` the whole one. It runs every file
 * that imports this module, besides those named *.slow.test.ts (vitest.config.ts). Alone, by `npx vitest run FILE`, a file takes the small size.
 */
export function sized<T>(sizes: { readonly small: T; readonly whole: T }): T {
  return process.env.CAUSALSCOPE_TESTS === "slow" ? sizes.whole : sizes.small;
}
