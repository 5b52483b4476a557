import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { countBatch } from './count-batch.js';
import type { Assignment, MessageToProcess, MessageToSupervisor } from './messages.js';
import { createMemoryCounters } from './minute-counters.js';
import { type Channel, SupervisorLink } from './supervisor-link.js';

/** A counting supervisor at the other end of a channel, in the same process. */
class FakeChannel extends EventEmitter implements Channel {
  readonly sent: MessageToSupervisor[] = [];
  answers = true;
  private readonly counters = createMemoryCounters();

  send(message: MessageToSupervisor, callback: (error: Error | null) => void): boolean {
    this.sent.push(message);
    callback(null);
    if (message.kind === 'count' && this.answers) {
      const { batch, requests } = message;
      void countBatch(this.counters, requests).then((counts) => this.say({ kind: 'counted', batch, counts }));
    }
    return true;
  }

  say(message: MessageToProcess, socket?: Socket): void {
    this.emit('message', message, socket);
  }
}

function open() {
  const channel = new FakeChannel();
  return { channel, link: new SupervisorLink(channel) };
}

const assignment: Assignment = {
  place: { index: 2, count: 3 },
  backends: { databaseUrl: 'postgres://x', keyHashSecret: null, embedded: true },
  seeds: false,
};

describe('the link to a supervisor', () => {
  it('brings what the process has to do', async () => {
    const { channel, link } = open();
    channel.say({ kind: 'start', assignment });
    expect(await link.assigned).toEqual(assignment);
  });

  it.each<[string, (channel: FakeChannel) => void]>([
    ['says so', (channel) => channel.say({ kind: 'stop' })],
    ['is gone', (channel) => channel.emit('disconnect')],
  ])('tells the process to stop when the supervisor %s', async (_how, happen) => {
    const { channel, link } = open();
    happen(channel);
    await expect(link.toldToStop).resolves.toBeUndefined();
  });

  it('brings connections, and overlooks those that ended on the way', () => {
    const { channel, link } = open();
    const taken: Socket[] = [];
    link.onConnection((socket) => taken.push(socket));
    const socket = new Socket();
    channel.say({ kind: 'connection' }, socket);
    channel.say({ kind: 'connection' });
    expect(taken).toEqual([socket]);
  });
});

describe('counting in a supervisor', () => {
  it('asks once for all that is asked for in one turn', async () => {
    const { channel, link } = open();
    const counts = await Promise.all([
      link.count(['add', 'a', 3]),
      link.count(['add', 'a', 4]),
      link.count(['giveBack', 'a', 2]),
      link.count(['read', 'a', 0]),
      link.count(['read', 'b', 0]),
    ]);
    expect(counts.map(({ used }) => used)).toEqual([3, 7, 0, 5, 0]);
    expect(channel.sent).toHaveLength(1);
    await link.count(['add', 'a', 1]);
    expect(channel.sent).toHaveLength(2);
  });

  it('fails at once when the supervisor goes away', async () => {
    const { channel, link } = open();
    channel.answers = false;
    const failure = expect(link.count(['add', 'a', 1])).rejects.toThrow('is gone');
    await new Promise((resolve) => setImmediate(resolve));
    channel.emit('disconnect');
    await failure;
  });

  it('fails when there was none', async () => {
    const link = new SupervisorLink(new EventEmitter());
    await expect(link.count(['add', 'a', 1])).rejects.toThrow('there is no supervisor');
  });

  it('fails when the supervisor does not answer in time', async () => {
    jest.useFakeTimers();
    try {
      const { channel, link } = open();
      channel.answers = false;
      const failure = expect(link.count(['add', 'a', 1])).rejects.toThrow('does not answer');
      await jest.advanceTimersByTimeAsync(5_000);
      await failure;
    } finally {
      jest.useRealTimers();
    }
  });
});
