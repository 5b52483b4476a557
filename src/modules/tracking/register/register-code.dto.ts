import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { ApiInteger, IsPromptName, Nested, NestedArray } from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { ChatMessageDto, ResponseFormatDto, SchemaWarningDto } from '../../prompts/index.js';

export const MAX_PROMPTS = 1000;
/** The renderer's limit for a prompt, checked here so that nothing longer is hashed. */
export const MAX_TEMPLATE_CHARS = 1_048_576;

const SHA256 = /^[0-9a-f]{64}$/;
/** The SHA-1 hash of a commit, or its SHA-256 hash in a repository that uses it. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** The property is a template's hash: lower-case hex SHA-256. */
export function IsTemplateHash(): PropertyDecorator {
  return Matches(SHA256, { message: 'must be a SHA-256 of 64 lower-case hex digits' });
}

export class CodeSourceDto {
  /**
   * The file that holds the template, relative to the root of the repository.
   * @example "src/prompts.ts"
   */
  @IsOptional()
  @IsString()
  @Length(1, 1024)
  file?: string | null;

  /** The line in the file, counted from 1. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 12 })
  line?: number | null;
}

export class CodePromptDto {
  /** Name of the prompt. */
  @IsPromptName()
  name!: string;

  /**
   * The text in the code, a Liquid template. Send exactly one of `template_source` and `messages`.
   * @example "Hello {{name}}, welcome to {{app}}!"
   */
  @ValidateIf((body: CodePromptDto) => body.template_source !== undefined || body.messages === undefined)
  @IsString()
  @MaxLength(MAX_TEMPLATE_CHARS)
  @ApiPropertyOptional()
  template_source?: string;

  /** The messages of a chat prompt in the code, each a Liquid template. A prompt cannot change between text and chat. */
  @ValidateIf((body: CodePromptDto) => body.messages !== undefined)
  @NestedArray(() => ChatMessageDto)
  @ArrayNotEmpty()
  @ArrayMaxSize(1000)
  @ApiPropertyOptional({ type: [ChatMessageDto], example: undefined })
  messages?: ChatMessageDto[];

  /** JSON Schema (draft 2020-12) that the variables of a request must match, part of the content. Null or left out for any variables. */
  @IsOptional()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true, example: undefined })
  variables_schema?: unknown;

  /** The format of the answer, part of the content. Null or left out for plain text. */
  @IsOptional()
  @ApiPropertyOptional({ type: ResponseFormatDto, nullable: true, example: undefined })
  response_format?: unknown;

  /** The purpose of the prompt. Omit it to keep it; null removes it. */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  @ApiPropertyOptional({ example: undefined })
  description?: string | null;

  /** The team that owns the prompt. Omit it to keep it; null removes it. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  @ApiPropertyOptional({ example: undefined })
  owner_team?: string | null;

  /** Tags to find the prompt by. Omit them to keep them. */
  @ValidateIf((body: CodePromptDto) => body.tags !== undefined)
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  @ApiPropertyOptional({ example: undefined })
  tags?: string[];

  /** Lower-case hex SHA-256 of the UTF-8 template, or the checksum of the content, to verify that it arrived unchanged. */
  @IsOptional()
  @IsTemplateHash()
  @ApiPropertyOptional({ nullable: true, example: undefined })
  template_hash?: string | null;

  /** Where the prompt is in the code. */
  @IsOptional()
  @Nested(() => CodeSourceDto)
  @ApiPropertyOptional({ type: CodeSourceDto, nullable: true })
  source?: CodeSourceDto | null;
}

export class GitDto {
  /**
   * The commit that is checked out, 40 or 64 lower-case hex digits.
   * @example "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
   */
  @IsOptional()
  @Matches(COMMIT, { message: 'must be a commit of 40 or 64 lower-case hex digits' })
  commit?: string | null;

  /**
   * The branch; null with a detached head.
   * @example "main"
   */
  @IsOptional()
  @IsString()
  @Length(1, 1024)
  branch?: string | null;

  /**
   * The repository, by any name that you recognize.
   * @example "acme/app"
   */
  @IsOptional()
  @IsString()
  @Length(1, 2048)
  repository?: string | null;

  /** True when the working tree had uncommitted changes. */
  @IsOptional()
  @IsBoolean()
  dirty?: boolean | null;
}

export class RegisterCodeDto {
  /** The prompts of the code, 1 to 1,000, each name once. Prompts that are not sent do not change. */
  @IsOptional()
  @NestedArray(() => CodePromptDto)
  @ArrayMaxSize(MAX_PROMPTS)
  @ApiProperty({ type: [CodePromptDto], minItems: 1, maxItems: MAX_PROMPTS })
  prompts?: CodePromptDto[] | null;

  /** The state of the code. Leave out what is unknown. */
  @IsOptional()
  @Nested(() => GitDto)
  @ApiPropertyOptional({ type: GitDto, nullable: true })
  git?: GitDto | null;

  /** The environment whose pointers follow this code. Null or left out: `default`, whose pointer is the active version. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  environment?: string | null;

  /** Answer the same but write nothing. Default: false. */
  @ValidateIf((body: RegisterCodeDto) => body.dry_run !== undefined)
  @IsBoolean()
  dry_run?: boolean = false;
}

/** The outcomes of a registration. The first that applies is reported: a prompt that returned may also have changed. */
export const REGISTRATION_OUTCOMES = ['new', 'returned', 'changed', 'metadata', 'unchanged'] as const;

export type RegistrationOutcome = (typeof REGISTRATION_OUTCOMES)[number];

export class RegisteredPromptDto {
  /** Name of the prompt. */
  name!: string;

  /** Always `tracking`. */
  @ApiProperty({ enum: ['tracking'] })
  mode!: 'tracking';

  /** The version with the content that was sent, which is now active in the environment. */
  @ApiInteger()
  version!: number;

  /** True when another version was active before; false for a new prompt. */
  change_detected!: boolean;

  /** The previously active version; null unless there was a change. */
  @ApiInteger()
  previous_version!: number | null;

  /**
   * `new`: the prompt was unknown; `returned`: it was retired; `changed`: another version was active; `metadata`: only its
   * description, team or tags differed; `unchanged`: nothing differed.
   */
  @ApiProperty({ enum: REGISTRATION_OUTCOMES })
  outcome!: RegistrationOutcome;

  /** Parts of the schema of its `response_format` that vendors will refuse. The registration succeeds in spite of them. */
  @ApiProperty({ type: [SchemaWarningDto] })
  warnings!: readonly SchemaWarningDto[];
}

export class RegisteredCodeDto {
  /** One entry for each prompt, in the order sent. */
  registered!: RegisteredPromptDto[];
}
