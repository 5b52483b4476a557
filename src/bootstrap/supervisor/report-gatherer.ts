import { type FamilyReport, ReportMerger, withoutGauges } from '../../infra/metrics/index.js';

/** A process as far as its counts matter. */
export interface ReportingProcess {
  /** Never rejects. */
  report(): Promise<readonly FamilyReport[]>;
  /** Its last report. */
  readonly reported: readonly FamilyReport[];
}

/**
 * Adds up what all processes count, so that a scrape that reaches any of them tells of all. What a process had counted when it
 * ended stays in the sums: Prometheus takes a counter that falls for one that began anew, and would count the rest twice.
 */
export class ReportGatherer {
  private readonly merger = new ReportMerger();
  private retired: readonly FamilyReport[] = [];

  constructor(private readonly processes: () => Iterable<ReportingProcess>) {}

  async gather(): Promise<readonly FamilyReport[]> {
    // Taken before the wait: a process that ends meanwhile answers for itself this time.
    const { retired } = this;
    const reports = await Promise.all([...this.processes()].map((each) => each.report()));
    return this.merger.merge([retired, ...reports]);
  }

  /** The process has ended, and is none of the processes any more. */
  retire({ reported }: ReportingProcess): void {
    this.retired = this.merger.merge([this.retired, withoutGauges(reported)]);
  }
}
