import { Injectable } from '@nestjs/common';
import { RawAnswer } from '../../../infra/http/index.js';
import { writeJson } from '../../../kernel/index.js';
import type { ComparisonDto, ReportFormat } from '../dto/comparison.dto.js';
import type { ExperimentDetailDto } from '../dto/experiment-detail.dto.js';
import { ExperimentsService } from '../experiments.service.js';
import { ComparisonsService } from '../results/comparisons.service.js';
import { ResultsService } from '../results/results.service.js';
import { junitReport } from './junit-report.js';
import { markdownReport } from './markdown-report.js';

const MEDIA_TYPES = {
  junit: 'application/xml; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
} as const;

/** Reports an experiment in one document. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly experiments: ExperimentsService,
    private readonly results: ResultsService,
    private readonly comparisons: ComparisonsService,
  ) {}

  /** @throws ExperimentNotFoundError `EXPERIMENT_NOT_FOUND` */
  async report(projectId: string, experimentId: string, format: ReportFormat): Promise<RawAnswer> {
    const experiment = await this.experiments.read(projectId, experimentId);
    if (format === 'junit') {
      const record = await this.results.get(projectId, experimentId);
      const text = await junitReport(experiment, this.results.listAll(projectId, record));
      return new RawAnswer(200, { 'Content-Type': MEDIA_TYPES.junit }, text);
    }
    const comparisons = await this.compareAll(projectId, experiment);
    if (format === 'json') return RawAnswer.json(200, writeJson({ experiment, comparisons }));
    const text = markdownReport({ experiment, comparisons });
    return new RawAnswer(200, { 'Content-Type': MEDIA_TYPES.markdown }, text);
  }

  /** Compares every further candidate with the first, by each scorer. */
  private async compareAll(
    projectId: string,
    { experiment_id: id, candidates, scorers }: ExperimentDetailDto,
  ): Promise<ComparisonDto[]> {
    const [first, ...others] = candidates;
    const compared: ComparisonDto[] = [];
    for (const { label } of others) {
      for (const { name: scorer } of scorers) {
        const query = { baseline: first?.label ?? '', candidate: label, scorer };
        compared.push(await this.comparisons.compare(projectId, id, query));
      }
    }
    return compared;
  }
}
