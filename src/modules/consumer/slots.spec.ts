import { Slots } from './slots.js';

const settled = async (promise: Promise<void>): Promise<boolean> => {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

describe('Slots', () => {
  it('counts what is free', () => {
    const slots = new Slots(2);
    slots.take();
    expect(slots.free).toBe(1);
    slots.release();
    expect(slots.free).toBe(2);
  });

  it('lets who waits for a slot on as soon as one is free', async () => {
    const slots = new Slots(1);
    expect(await settled(slots.whenFree())).toBe(true);
    slots.take();
    const waiting = slots.whenFree();
    expect(await settled(waiting)).toBe(false);
    slots.release();
    expect(await settled(waiting)).toBe(true);
  });

  it('is idle when the last one is released', async () => {
    const slots = new Slots(2);
    slots.take();
    slots.take();
    const idle = slots.whenIdle();
    slots.release();
    expect(await settled(idle)).toBe(false);
    slots.release();
    expect(await settled(idle)).toBe(true);
  });
});
