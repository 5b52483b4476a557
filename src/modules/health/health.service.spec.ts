import { Logger } from '@nestjs/common';
import type { Bell } from '../../infra/bell/index.js';
import type { PartitionsService, TenantScope } from '../../infra/database/index.js';
import { Circuits } from '../providers/index.js';
import { HealthService } from './health.service.js';

async function serviceWithOpenCircuit(weeksAhead = 4): Promise<HealthService> {
  const circuits = new Circuits({ failures: 1, openMs: 60_000, longestCallMs: 60_000 });
  const pass = circuits.tryAcquire('openai', 'gpt-4o-mini');
  if (!pass.open) pass.settle('failure');
  await new Promise((resolve) => setImmediate(resolve));
  return new HealthService(
    { system: () => Promise.resolve([]) } as unknown as TenantScope,
    { check: () => Promise.resolve('up') } as unknown as Bell,
    { weeksAhead: () => Promise.resolve(weeksAhead) } as unknown as PartitionsService,
    circuits,
  );
}

const ANY_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

beforeEach(() => jest.spyOn(Logger.prototype, 'warn').mockReturnValue());
afterEach(() => jest.restoreAllMocks());

describe('HealthService', () => {
  it('stays ready with an open circuit, and says so', async () => {
    const report = await (await serviceWithOpenCircuit()).checkReadiness();
    expect(report).toMatchObject({
      status: 'ok',
      circuits: [{ provider: 'openai', model_name: 'gpt-4o-mini', state: 'open', retry_at: ANY_TIME }],
    });
    expect(report.warnings).toEqual([expect.stringContaining('openai/gpt-4o-mini')]);
  });

  it('warns of partitions and circuits at once', async () => {
    const { warnings } = await (await serviceWithOpenCircuit(1)).checkReadiness();
    expect(warnings).toEqual([
      expect.stringContaining('1 weeks ahead'),
      expect.stringContaining('openai/gpt-4o-mini'),
    ]);
  });

  it('is not ready from the moment it leaves, and still tells of its circuits', async () => {
    const service = await serviceWithOpenCircuit();
    service.leave();
    expect(await service.checkReadiness()).toMatchObject({
      status: 'down',
      warnings: ['the process is shutting down'],
      circuits: [{ state: 'open' }],
    });
  });
});
