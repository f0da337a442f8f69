/** What people were told last about each thing: whoever looks again and again says nothing twice. */
export interface Told {
  /** false: exactly that was said about it last */
  isNews(about: string, what: string): boolean;
  /** it is over: the same is news when it comes back */
  forget(about: string): void;
}

export function openTold(): Told {
  const last = new Map<string, string>();
  return {
    isNews(about, what) {
      if (last.get(about) === what) return false;
      last.set(about, what);
      return true;
    },
    forget: (about) => void last.delete(about),
  };
}
