import { Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller, Scopes } from '../../auth/index.js';
import { RotatedWebhookSecretDto, WebhookSecretDto } from './webhook-secrets.dto.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';

@ApiTags('Webhooks')
@Controller('v1/webhooks')
export class WebhookSecretsController {
  constructor(private readonly secrets: WebhookSecretsService) {}

  @Get('secret')
  @Header('Cache-Control', 'no-store')
  @Scopes('keys:write')
  @ApiOperation({
    summary: 'Read the secret that callbacks are signed with',
    description: 'It is made when it is first asked for, or first needed.',
  })
  get(@CurrentCaller() caller: Caller): Promise<WebhookSecretDto> {
    return this.secrets.get(caller);
  }

  @Post('secret\\:rotate')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Scopes('keys:write')
  @ApiOperation({
    summary: 'Replace the secret that callbacks are signed with',
    description:
      'For 24 hours callbacks carry a signature by the one before as well. Rotating again in that time ends it.',
  })
  rotate(@CurrentCaller() caller: Caller): Promise<RotatedWebhookSecretDto> {
    return this.secrets.rotate(caller);
  }
}
