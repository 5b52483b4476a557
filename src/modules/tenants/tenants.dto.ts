import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { ApiId, ApiTime, Nested } from '../../infra/http/index.js';
import { findMaskProblem } from '../projects/index.js';

/** Anything that fits in a header and does not look like an id, so that `X-Project` can tell names from ids. */
const PROJECT_NAME = /^(?![0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$)[!-~](?:[ -~]{0,98}[!-~])?$/;
const PROJECT_NAME_RULE =
  'must be 1 to 100 visible ASCII characters, with spaces only between them, and not look like an id';
const MODEL = /^[a-z][a-z0-9-]{0,63}\/[!-~]{1,200}$/;
const ENVIRONMENT = /^[^\p{C}\p{Z}]{1,100}$/u;
const MAX_DAYS = 36_500;
const MAX_ENVIRONMENTS = 100;

function IsRetention(): PropertyDecorator {
  return ValidateBy({
    name: 'isRetention',
    validator: {
      validate: isRetention,
      defaultMessage: () =>
        `must give each of up to ${MAX_ENVIRONMENTS} environments a whole number of days from 1 to ${MAX_DAYS}`,
    },
  });
}

function IsMaskable(): PropertyDecorator {
  const findProblem = (value: unknown) => (typeof value === 'string' ? findMaskProblem(value) : null);
  return ValidateBy(
    {
      name: 'isMaskable',
      validator: {
        validate: (value: unknown) => findProblem(value) === null,
        defaultMessage: () =>
          'must be names, patterns with *, or regular expressions that RE2 reads, between slashes and with flags such as (?i) inside',
      },
    },
    { each: true },
  );
}

function isRetention(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  const isDays = (days: unknown) => Number.isInteger(days) && Number(days) >= 1 && Number(days) <= MAX_DAYS;
  return (
    entries.length <= MAX_ENVIRONMENTS &&
    entries.every(([name, days]) => ENVIRONMENT.test(name) && isDays(days))
  );
}

const RETENTION = {
  type: 'object',
  additionalProperties: { type: 'integer', minimum: 1, maximum: MAX_DAYS },
  example: { prod: 90 },
} as const;

export class ChangeSettingsDto {
  /** Days to keep the content of executions, by environment; `*` covers all others. Without an entry: forever. Null: the default. */
  @IsOptional()
  @IsRetention()
  @ApiPropertyOptional({ ...RETENTION, nullable: true })
  retention_days?: Record<string, number> | null;

  /**
   * Variables whose values are masked: names, patterns in which `*` stands for any text, or `/regular expressions/`. Null: none.
   * @example ["email", "card_*"]
   */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  @IsMaskable()
  @ApiPropertyOptional({ type: [String], nullable: true })
  mask?: string[] | null;

  /** `provider/model_name` for executions that name no model. Null: `DEFAULT_MODEL` of the service. */
  @IsOptional()
  @Matches(MODEL, { message: 'must be a provider, a slash and a model, such as "openai/gpt-4o-mini"' })
  @ApiPropertyOptional({ type: String, nullable: true, example: 'openai/gpt-4o-mini' })
  default_model?: string | null;

  /** Whether executions may name environments without a description. Null: the default, true. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, nullable: true })
  allow_unknown_environments?: boolean | null;

  /** The URL to notify of changes applied in an emergency, and of rollouts. Null: none. */
  @IsOptional()
  @IsString()
  @ApiPropertyOptional({ type: String, nullable: true, example: 'https://hooks.example.com/ledger' })
  callback_url?: string | null;
}

export class CreateProjectDto {
  /** The project's name, unique in the instance. The header `X-Project` accepts it. */
  @Matches(PROJECT_NAME, { message: PROJECT_NAME_RULE })
  @ApiProperty({ pattern: PROJECT_NAME.source, example: 'checkout' })
  name!: string;

  /** Settings that differ from the defaults. */
  @IsOptional()
  @Nested(() => ChangeSettingsDto)
  @ApiPropertyOptional({ type: ChangeSettingsDto, nullable: true })
  settings?: ChangeSettingsDto | null;
}

export class UpdateProjectDto {
  /** A new name. Only for the instance. */
  @ValidateIf((body: UpdateProjectDto) => body.name !== undefined)
  @Matches(PROJECT_NAME, { message: PROJECT_NAME_RULE })
  @ApiPropertyOptional({ pattern: PROJECT_NAME.source, example: 'checkout' })
  name?: string;

  /** Settings to change. Those left out stay, and null restores the default. */
  @ValidateIf((body: UpdateProjectDto) => body.settings !== undefined)
  @Nested(() => ChangeSettingsDto)
  @ApiPropertyOptional({ type: ChangeSettingsDto })
  settings?: ChangeSettingsDto;

  /** True refuses its keys within 5 seconds, but runs queued executions and deletes nothing. False restores it. Only for the instance. */
  @ValidateIf((body: UpdateProjectDto) => body.archived !== undefined)
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, example: false })
  archived?: boolean;
}

export class ProjectSettingsDto {
  /** Days to keep the content of executions, by environment; `*` covers all others. Without an entry, content is kept forever. */
  @ApiProperty(RETENTION)
  retention_days!: Readonly<Record<string, number>>;

  /** Variables whose values are masked: names, patterns in which `*` stands for any text, or `/regular expressions/`. */
  @ApiProperty({ type: [String] })
  mask!: readonly string[];

  /** The model for executions that name none; null for `DEFAULT_MODEL` of the service. */
  default_model!: string | null;

  /** Whether executions may name environments without a description. */
  allow_unknown_environments!: boolean;

  /** The URL to notify of changes applied in an emergency, and of rollouts; null for none. */
  callback_url!: string | null;
}

export class ProjectDto {
  /** Id of the project. */
  @ApiId()
  project_id!: string;

  /** The project's name. */
  name!: string;

  /** The project's settings. */
  settings!: ProjectSettingsDto;

  /** When the project was created. */
  @ApiTime()
  created_at!: string;

  /** Since when the project's keys are refused; null while they are not. */
  @ApiTime()
  archived_at!: string | null;
}

export class ProjectListDto {
  /** The projects of the instance, including archived ones, oldest first. */
  projects!: ProjectDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
