import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpException,
  Module,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import type { LoggerService } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Min,
} from 'class-validator';
import type { Request, Response } from 'express';
import type { AddressInfo } from 'node:net';
import {
  AnyQuery,
  ApiProblems,
  configureHttp,
  createHttpApp,
  IsPromptName,
  IsQueryTime,
  JsonSource,
  getJsonText,
  Nested,
  NestedArray,
  PageQueryDto,
  PositiveIntPipe,
  PromptNamePipe,
  RawAnswer,
  UuidPipe,
} from '../index.js';
import type { HttpOptions } from '../index.js';

export class GitDto {
  @IsString()
  commit!: string;

  @IsOptional()
  @IsBoolean()
  dirty?: boolean;
}

export class EntryDto {
  @IsPromptName()
  name!: string;

  @IsOptional()
  @IsObject()
  variables?: Record<string, unknown>;
}

export class ThingDto {
  @IsPromptName()
  name!: string;

  @IsIn(['dev', 'staging'])
  environment!: string;

  @IsOptional()
  @IsObject()
  variables?: Record<string, unknown>;

  @IsOptional()
  @Nested(() => GitDto)
  git?: GitDto | null;

  @IsOptional()
  @NestedArray(() => EntryDto)
  @ArrayMaxSize(10_000)
  entries?: EntryDto[];

  @IsOptional()
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  @Length(1, 5, { each: true })
  tags?: string[];

  @IsInt()
  @Min(0)
  count = 7;
}

export class ThingQueryDto extends PageQueryDto {
  @IsOptional()
  @IsQueryTime()
  created_after?: Date;

  @IsOptional()
  @IsString()
  q?: string;
}

/** The value that the next call of `POST /v1/throw` throws. */
export const thrown: { value: unknown } = { value: null };

@ApiTags('Prompts')
@Controller('v1')
export class ThingsController {
  @Put('things/:name')
  @ApiOperation({ summary: 'Put a thing' })
  @ApiProblems(400, 413)
  put(
    @Param('name', PromptNamePipe) name: string,
    @Body() body: ThingDto,
    @JsonSource('variables') variablesJson: string | null,
  ) {
    return { name, body, variablesJson, isThing: body instanceof ThingDto };
  }

  @Get('things')
  list(@Query() query: ThingQueryDto) {
    return query;
  }

  @Get('things/:name/versions/:n')
  version(@Param('name', PromptNamePipe) name: string, @Param('n', PositiveIntPipe) n: number) {
    return { name, n };
  }

  @Get('ids/:id')
  byId(@Param('id', UuidPipe) id: string) {
    return { id };
  }

  @Get('models/:model')
  model(@Param('model') model: string) {
    return { model };
  }

  @Delete('things/:name')
  @HttpCode(204)
  remove(): void {
    return undefined;
  }

  @Post('raw')
  @HttpCode(200)
  raw(@Req() request: Request) {
    const body: unknown = request.body;
    return {
      body: body ?? null,
      hasBody: body !== undefined,
      text: getJsonText(request)?.findSource() ?? null,
    };
  }

  @Post('bulk')
  @HttpCode(200)
  bulk(@Body() body: object) {
    return { size: JSON.stringify(body).length };
  }

  @Post('throw')
  @AnyQuery()
  throw(): void {
    throw thrown.value;
  }

  @Post('raw-answer')
  rawAnswer(): RawAnswer {
    return RawAnswer.json(202, Buffer.from('{"big": 9007199254740993}'), { Location: '/v1/things/x' });
  }

  @Post('no-content')
  noContent(): RawAnswer {
    return new RawAnswer(204, {}, '');
  }

  @Post('teapot')
  teapot(): void {
    throw new HttpException('Short and stout.', 418);
  }

  @Get('half')
  async half(@Res() response: Response): Promise<void> {
    await new Promise<unknown>((resolve) => response.write('half an ans', resolve));
    throw new Error('too late');
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

export const MAX_BYTES = 1024 ** 2;

export interface HttpTestApp {
  readonly app: NestExpressApplication;
  /** Also closes connections that Node does not count as idle: those that a client opened and never used. */
  readonly stop: () => Promise<void>;
  readonly url: string;
  readonly port: number;
  /** Every logged warning and error, as JSON lines. */
  readonly log: string[];
  /** The access lines, as JSON lines. */
  readonly requests: string[];
}

/**
 * Starts a small app on a loopback socket, configured like the real one.
 *
 * @param prepare runs before the app listens.
 */
export async function startHttpTestApp(
  options: Partial<HttpOptions> = {},
  module: new () => object = ThingsModule,
  prepare: (app: NestExpressApplication, options: HttpOptions) => void = () => undefined,
): Promise<HttpTestApp> {
  const log: string[] = [];
  const write = (...parts: unknown[]): void => void log.push(JSON.stringify(parts));
  const requests: string[] = [];
  const noteRequest = (...parts: unknown[]): void => {
    if (parts.at(-1) === 'Http') requests.push(JSON.stringify(parts));
  };
  const logger: LoggerService = { log: noteRequest, warn: write, error: write };
  const app = await createHttpApp(module, { logger });
  const allOptions: HttpOptions = {
    body: { maxBytes: MAX_BYTES, bulkMaxBytes: 16 * MAX_BYTES, bulkPaths: ['/v1/bulk'] },
    corsOrigins: [],
    trustedProxies: 0,
    docs: null,
    ...options,
  };
  configureHttp(app, allOptions);
  prepare(app, allOptions);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = app.close();
    app.getHttpServer().closeAllConnections();
    await closed;
  };
  return { app, stop, port, url: `http://127.0.0.1:${port}`, log, requests };
}
