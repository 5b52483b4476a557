import { type FamilyReport, readFamily } from '../../infra/metrics/index.js';
import { ReportGatherer, type ReportingProcess } from './report-gatherer.js';

class FakeProcess implements ReportingProcess {
  reported: readonly FamilyReport[] = [];
  answer: Promise<void> = Promise.resolve();

  constructor(public count: number) {}

  async report(): Promise<readonly FamilyReport[]> {
    await this.answer;
    this.reported = [readFamily({ name: 'count', help: '', type: 'counter' }, [[[], this.count]])];
    return this.reported;
  }
}

const sumOf = (reports: readonly FamilyReport[]) => reports[0]?.series[0]?.numbers[0];

describe('what all processes count', () => {
  it('is added up, and does not fall when one of them ends', async () => {
    const [first, second] = [new FakeProcess(3), new FakeProcess(4)];
    const running = new Set([first, second]);
    const gatherer = new ReportGatherer(() => running);
    expect(sumOf(await gatherer.gather())).toBe(7);
    running.delete(second);
    gatherer.retire(second);
    first.count = 5;
    expect(sumOf(await gatherer.gather())).toBe(9);
    const next = new FakeProcess(1);
    running.add(next);
    expect(sumOf(await gatherer.gather())).toBe(10);
    running.delete(next);
    gatherer.retire(next);
    expect(sumOf(await gatherer.gather())).toBe(10);
  });

  it('is counted once of a process that ends while it is asked', async () => {
    const [first, second] = [new FakeProcess(3), new FakeProcess(4)];
    const running = new Set([first, second]);
    const gatherer = new ReportGatherer(() => running);
    let answer: () => void = () => undefined;
    first.answer = new Promise((resolve) => (answer = resolve));
    const gathered = gatherer.gather();
    await second.report();
    running.delete(second);
    gatherer.retire(second);
    answer();
    expect(sumOf(await gathered)).toBe(7);
  });
});
