import { type FamilyReport, ReportMerger, withoutGauges } from '../../infra/metrics/index.js';

/** A process, as far as its counts are concerned. */
export interface ReportingProcess {
  /** Never rejects. */
  report(): Promise<readonly FamilyReport[]>;
  /** The process's last report. */
  readonly reported: readonly FamilyReport[];
}

/**
 * Sums the counts of all processes, so that a scrape of any of them covers all. The counts of an ended process stay in the sums: Prometheus
 * takes a falling counter for one that restarted, and would count the rest twice.
 */
export class ReportGatherer {
  private readonly merger = new ReportMerger();
  private retired: readonly FamilyReport[] = [];

  constructor(private readonly processes: () => Iterable<ReportingProcess>) {}

  async gather(): Promise<readonly FamilyReport[]> {
    // Read before the wait: a process that ends meanwhile still reports for itself this time.
    const { retired } = this;
    const reports = await Promise.all([...this.processes()].map((each) => each.report()));
    return this.merger.merge([retired, ...reports]);
  }

  /** Adds the last counts of an ended process, which must no longer be among the processes. */
  retire({ reported }: ReportingProcess): void {
    this.retired = this.merger.merge([this.retired, withoutGauges(reported)]);
  }
}
