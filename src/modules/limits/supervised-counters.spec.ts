import { createMemoryCounters } from '../../infra/supervision/index.js';
import { SupervisedCounters } from './supervised-counters.js';

/** Opens counters for two processes of one supervisor, which can be made to fail. */
function openTwo() {
  const shared = createMemoryCounters();
  const supervisor = { fails: false };
  const open = () =>
    new SupervisedCounters({
      count: async ([action, id, points]) => {
        if (supervisor.fails) throw new Error('gone');
        if (action === 'giveBack') await shared.giveBack(id, points);
        return action === 'add' ? shared.add(id, points) : shared.read(id);
      },
    });
  return { supervisor, first: open(), second: open() };
}

describe('counters of a supervisor', () => {
  it('are the same for all processes', async () => {
    const { first, second } = openTwo();
    await first.add('a', 3);
    expect(await second.add('a', 4)).toMatchObject({ used: 7 });
    await second.giveBack('a', 2);
    expect(await first.read('a')).toMatchObject({ used: 5 });
  });

  it('are this process’ own while the supervisor does not answer', async () => {
    const { supervisor, first, second } = openTwo();
    await first.add('a', 3);
    supervisor.fails = true;
    expect(await first.add('a', 1)).toMatchObject({ used: 1 });
    await first.giveBack('a', 1);
    expect(await first.read('a')).toMatchObject({ used: 0 });
    expect(await second.read('a')).toMatchObject({ used: 0 });
    supervisor.fails = false;
    expect(await second.add('a', 1)).toMatchObject({ used: 4 });
  });
});
