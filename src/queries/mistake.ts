/** Offsets are UTF-16 units of the text, `to` exclusive. */
export interface Span {
  from: number;
  to: number;
}

export interface Mistake extends Span {
  message: string;
}
