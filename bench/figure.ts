/** One measured figure and what it should be: "≤ 1.7", "≥ 15". */
export interface Figure {
  name: string;
  ratio: number;
  aim: string;
  /** default a ratio, "×" */
  unit?: "s" | "ms" | "MB";
}

export function met({ ratio, aim }: Figure): boolean {
  const bound = Number(aim.slice(1));
  return aim.startsWith("≤") ? ratio <= bound : ratio >= bound;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
