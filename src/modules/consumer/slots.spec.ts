import { Slots } from './slots.js';

const settled = async (promise: Promise<void>): Promise<boolean> => {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

describe('Slots', () => {
  it('counts what is free', () => {
    const slots = new Slots(2, 1);
    slots.take('a');
    expect(slots.free).toBe(1);
    slots.release('a');
    expect(slots.free).toBe(2);
  });

  it('lets who waits for a slot on as soon as one is free', async () => {
    const slots = new Slots(1, 1);
    expect(await settled(slots.whenFree())).toBe(true);
    slots.take('a');
    const waiting = slots.whenFree();
    expect(await settled(waiting)).toBe(false);
    slots.release('a');
    expect(await settled(waiting)).toBe(true);
  });

  it('is idle when the last one is released', async () => {
    const slots = new Slots(2, 1);
    slots.take('a');
    slots.take('a');
    const idle = slots.whenIdle();
    slots.release('a');
    expect(await settled(idle)).toBe(false);
    slots.release('a');
    expect(await settled(idle)).toBe(true);
  });

  it('keeps a reserve for projects that none is worked on for', () => {
    const slots = new Slots(2, 1);
    slots.take('a');
    slots.take('a');
    expect(slots).toMatchObject({ free: 0, freeInReserve: 1, busyProjects: ['a'] });
    slots.take('b');
    expect(slots).toMatchObject({ free: 0, freeInReserve: 0, busyProjects: ['a', 'b'] });
    slots.release('a');
    slots.release('a');
    expect(slots).toMatchObject({ free: 1, busyProjects: ['b'] });
  });
});
