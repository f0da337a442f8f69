/** Whether something outside is there and answers. */
export interface Reach {
  ok: boolean;
  /** "41 ms", "401: the token was refused" */
  say: string;
  ms: number;
}
