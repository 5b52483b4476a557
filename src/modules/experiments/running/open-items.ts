import type { CellItem } from './cell-context.js';

/** Keeps each item for as long as it has open cells. */
export class OpenItems {
  private readonly open = new Map<number, { item: CellItem | null; cells: number }>();

  /** @param resumed the item of each cell that is already open. */
  constructor(resumed: readonly number[]) {
    for (const item of resumed) {
      const known = this.open.get(item);
      if (known === undefined) this.open.set(item, { item: null, cells: 1 });
      else known.cells += 1;
    }
  }

  /** Items that still have to be read. */
  get unread(): number[] {
    return [...this.open].filter(([, { item }]) => item === null).map(([number]) => number);
  }

  fill(number: number, item: CellItem): void {
    const known = this.open.get(number);
    if (known !== undefined) known.item = item;
  }

  add(number: number, item: CellItem, cells: readonly unknown[]): void {
    this.open.set(number, { item, cells: cells.length });
  }

  get(number: number): CellItem {
    const item = this.open.get(number)?.item ?? null;
    if (item === null) throw new Error('a cell is run with its item');
    return item;
  }

  /** Ends one cell of the item, and forgets the item after its last one. */
  release(number: number): void {
    const known = this.open.get(number);
    if (known === undefined) return;
    known.cells -= 1;
    if (known.cells <= 0) this.open.delete(number);
  }
}
