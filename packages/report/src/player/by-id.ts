/** The one place where the report's script knows of the elements of its page. */
export function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
