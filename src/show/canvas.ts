/** A field of cells of two dots by four each; every cell belongs to whoever drew into it first. */
export interface Canvas {
  /** in dots */
  wide: number;
  high: number;
  /** a straight line of dots, both ends included; from the top left, in whole dots */
  line(owner: number, from: Dot, to: Dot): void;
  /** the dots of a cell as a braille pattern has them, and whose they are; undefined: empty */
  at(column: number, row: number): { dots: number; owner: number } | undefined;
}
export type Dot = readonly [x: number, y: number];

/** The bits of a braille pattern (U+2800 and the following), by row and column. */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

export function openCanvas(columns: number, rows: number): Canvas {
  const cells = new Map<number, { dots: number; owner: number }>();
  const put = (owner: number, x: number, y: number) => {
    const key = (y >> 2) * columns + (x >> 1);
    const cell = cells.get(key) ?? { dots: 0, owner };
    if (cell.owner === owner) cell.dots |= bits[y & 3]![x & 1]!;
    cells.set(key, cell);
  };
  return {
    wide: columns * 2,
    high: rows * 4,
    line(owner, [x0, y0], [x1, y1]) {
      const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
      for (let i = 0; i <= steps; i++)
        put(owner, Math.round(x0 + ((x1 - x0) * i) / steps), Math.round(y0 + ((y1 - y0) * i) / steps));
    },
    at: (column, row) => cells.get(row * columns + column),
  };
}
