import { startWorkTimer } from './work-timer.js';

describe('the timer of a job', () => {
  let cpuMs: number;
  beforeEach(() => {
    cpuMs = 0;
    jest.useFakeTimers();
    jest.spyOn(process, 'cpuUsage').mockImplementation((since) => ({
      user: cpuMs * 1000 - (since?.user ?? 0),
      system: 0 - (since?.system ?? 0),
    }));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('ends on time where the process had a core', () => {
    const onEnd = jest.fn();
    startWorkTimer(5000, onEnd);
    cpuMs = 5000;
    jest.advanceTimersByTime(4999);
    expect(onEnd).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(onEnd).toHaveBeenCalledTimes(1);
    jest.runAllTimers();
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('waits for the work of a process that got little of a core', () => {
    const onEnd = jest.fn();
    startWorkTimer(5000, onEnd);
    cpuMs = 1000;
    jest.advanceTimersByTime(5000);
    expect(onEnd).not.toHaveBeenCalled();
    cpuMs = 5000;
    jest.advanceTimersByTime(4000);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('waits for six times its time and no longer', () => {
    const onEnd = jest.fn();
    startWorkTimer(5000, onEnd);
    jest.advanceTimersByTime(29_900);
    expect(onEnd).not.toHaveBeenCalled();
    jest.advanceTimersByTime(200);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('says nothing once it was stopped', () => {
    const onEnd = jest.fn();
    const stop = startWorkTimer(5000, onEnd);
    jest.advanceTimersByTime(6000);
    stop();
    jest.advanceTimersByTime(60_000);
    expect(onEnd).not.toHaveBeenCalled();
  });
});
