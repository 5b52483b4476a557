import type { Person } from '../person.js';

/** A screen below `/app`, and a text that appears once it is shown. */
export type SeenScreen = readonly [path: string, seen: string];
/** A dialog: its screen, what to click there, and a text in it. */
export type SeenDialog = readonly [path: string, open: string, seen: string];

/** Window widths in pixels: a desktop and a telephone. */
export const WIDTHS = [1440, 390] as const;

const QUIET = { violations: [], executed: [], errors: [] };

/** Expects that no screen has a serious barrier, is wider than the window, or runs foreign code. */
export async function expectNoBarriers(person: Person, screens: readonly SeenScreen[]): Promise<void> {
  for (const [path, seen] of screens) {
    await person.open(path);
    await person.page.getByText(seen).first().waitFor();
    await expectNone(person, path);
    expect({ path, ...(await person.noted()) }).toEqual({ path, ...QUIET });
  }
}

export async function expectNoBarriersInDialogs(
  person: Person,
  dialogs: readonly SeenDialog[],
): Promise<void> {
  for (const [path, open, seen] of dialogs) {
    await person.open(path);
    await person.page.getByRole('main').getByText(open, { exact: true }).first().click();
    await person.page.getByRole('dialog').getByText(seen).first().waitFor();
    await expectNone(person, `${path}: ${open}`);
  }
}

async function expectNone(person: Person, where: string): Promise<void> {
  const barriers = await person.findBarriers();
  const width = await person.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect({ where, barriers, overflow: Math.max(0, width) }).toEqual({ where, barriers: [], overflow: 0 });
}
