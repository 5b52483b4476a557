// Loaded into a process of the ledger by NODE_OPTIONS: its wall clock is off by FAULTS_CLOCK_SHIFT_MS. The monotonic clock
// (`performance`, timers) is left alone, as by an operator who has set the time zone in place of the time.
const shiftMs = Number(process.env.FAULTS_CLOCK_SHIFT_MS);
const RealDate = Date;
const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
