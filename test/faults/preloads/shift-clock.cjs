// Loaded into a process of the ledger by NODE_OPTIONS. Shifts its wall clock by FAULTS_CLOCK_SHIFT_MS. The monotonic clock
// (`performance`, timers) is unchanged, as when an operator set the time instead of the time zone.
const shiftMs = Number(process.env.FAULTS_CLOCK_SHIFT_MS);
const RealDate = Date;
const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
