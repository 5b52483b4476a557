import {
  type ApiPromise,
  type CallOptions,
  toConnection,
  type ConnectionOptions,
  Transport,
} from './core/index.js';
import {
  AnalyticsResource,
  AuditResource,
  BatchesResource,
  BudgetsResource,
  ChangesResource,
  DatasetsResource,
  EnvironmentsResource,
  ExecutionsResource,
  ExperimentsResource,
  KeysResource,
  MembersResource,
  ModelsResource,
  PricesResource,
  ProjectsResource,
  PromptsResource,
  RoutesResource,
  ScorersResource,
  OutcomesResource,
  RolloutsResource,
  ScoresResource,
  SecretsResource,
  SnippetsResource,
  SuggestionsResource,
  TeamsResource,
  TrackingResource,
  UsersResource,
  VersionsResource,
  WebhooksResource,
} from './resources/index.js';
import type { Me } from './wire/index.js';

/** The HTTP API with one resource for each kind of object, in the wire's names. `PromptLedger` builds on it. */
export class LedgerClient {
  readonly prompts: PromptsResource;
  readonly versions: VersionsResource;
  readonly snippets: SnippetsResource;
  readonly suggestions: SuggestionsResource;
  readonly datasets: DatasetsResource;
  readonly environments: EnvironmentsResource;
  readonly executions: ExecutionsResource;
  readonly batches: BatchesResource;
  readonly experiments: ExperimentsResource;
  readonly tracking: TrackingResource;
  readonly analytics: AnalyticsResource;
  readonly keys: KeysResource;
  readonly models: ModelsResource;
  readonly routes: RoutesResource;
  readonly prices: PricesResource;
  readonly budgets: BudgetsResource;
  readonly changes: ChangesResource;
  readonly audit: AuditResource;
  readonly scorers: ScorersResource;
  readonly scores: ScoresResource;
  readonly outcomes: OutcomesResource;
  readonly rollouts: RolloutsResource;
  readonly projects: ProjectsResource;
  readonly users: UsersResource;
  readonly members: MembersResource;
  readonly teams: TeamsResource;
  readonly secrets: SecretsResource;
  readonly webhooks: WebhooksResource;
  private readonly transport: Transport;

  /** @throws ConfigurationError without a key */
  constructor(options: ConnectionOptions = {}) {
    const transport = new Transport(toConnection(options));
    this.transport = transport;
    this.prompts = new PromptsResource(transport, (name) => this.promptChanges(name));
    this.versions = new VersionsResource(transport);
    this.snippets = new SnippetsResource(transport);
    this.suggestions = new SuggestionsResource(transport);
    this.datasets = new DatasetsResource(transport);
    this.environments = new EnvironmentsResource(transport, (name) => this.promptChanges(name));
    this.executions = new ExecutionsResource(transport);
    this.batches = new BatchesResource(transport);
    this.experiments = new ExperimentsResource(transport);
    this.tracking = new TrackingResource(transport);
    this.analytics = new AnalyticsResource(transport);
    this.keys = new KeysResource(transport);
    this.models = new ModelsResource(transport);
    this.routes = new RoutesResource(transport);
    this.prices = new PricesResource(transport);
    this.budgets = new BudgetsResource(transport);
    this.changes = new ChangesResource(transport);
    this.audit = new AuditResource(transport);
    this.scorers = new ScorersResource(transport);
    this.scores = new ScoresResource(transport);
    this.outcomes = new OutcomesResource(transport);
    this.rollouts = new RolloutsResource(transport);
    this.projects = new ProjectsResource(transport);
    this.users = new UsersResource(transport);
    this.members = new MembersResource(transport);
    this.teams = new TeamsResource(transport);
    this.secrets = new SecretsResource(transport);
    this.webhooks = new WebhooksResource(transport);
  }

  /** Reads the identity of this client and what it may do. */
  me(options?: CallOptions): ApiPromise<Me> {
    return this.transport.get('/v1/me', undefined, options);
  }

  /** Notifies a client that caches prompts. Null means that every prompt may have changed. */
  protected promptChanges(_name: string | null): void {}
}
