import { DeliverySlots } from './delivery-slots.js';

describe('DeliverySlots', () => {
  it('count what is under way, by project', () => {
    const slots = new DeliverySlots(5);
    for (const project of ['a', 'a', 'b']) slots.take(project);
    expect([slots.free, slots.share]).toEqual([2, 3]);
    expect(Object.fromEntries(slots.busy)).toEqual({ a: 2, b: 1 });
    slots.release('a');
    slots.release('b');
    expect(Object.fromEntries(slots.busy)).toEqual({ a: 1 });
  });

  it('give a project all there is when that is one', () => {
    expect(new DeliverySlots(1).share).toBe(1);
  });

  it('are idle when the last one is released', async () => {
    const slots = new DeliverySlots(2);
    await slots.whenIdle();
    slots.take('a');
    let isIdle = false;
    const idle = slots.whenIdle().then(() => (isIdle = true));
    await Promise.resolve();
    expect(isIdle).toBe(false);
    slots.release('a');
    await idle;
    expect(isIdle).toBe(true);
  });
});
