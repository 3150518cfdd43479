/** Elementary functions with the same bits compiled and plain: the twins of assembly/math.ts. */
export { exp, log } from "../../information/elementary.ts";
