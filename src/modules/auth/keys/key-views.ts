import type { ApiKeyEntity } from '../../../entities/index.js';
import type { KeyRateLimits } from '../caller.js';
import type { KeyDto } from './keys.dto.js';
import { scopesForRole } from '../roles/roles.js';
import { SCOPES } from '../roles/scopes.js';

export function toKeyDto(key: ApiKeyEntity): KeyDto {
  return {
    key_id: key.keyId,
    name: key.name,
    scopes: listScopes(key),
    role: key.role,
    user_id: key.userId,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    previous_until: key.previousUntil?.toISOString() ?? null,
    rate_limits: rateLimitsView(key),
    made_by: key.ancestors[0] ?? null,
  };
}

function listScopes({ role, scopes }: ApiKeyEntity): KeyDto['scopes'] {
  if (role === null) return scopes as KeyDto['scopes'];
  const allowed = scopesForRole(role);
  return SCOPES.filter((scope) => allowed.has(scope));
}

export function rateLimitsView({ requestsPerMinute, tokensPerMinute }: KeyRateLimits): KeyDto['rate_limits'] {
  return { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute };
}
