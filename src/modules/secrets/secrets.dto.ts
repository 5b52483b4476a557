import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { ApiTime } from '../../infra/http/index.js';

const MAX_KEY_LENGTH = 4096;

export class PutSecretDto {
  /** The key from the provider. It is encrypted, and no answer ever shows it again. */
  @IsString()
  @Length(1, MAX_KEY_LENGTH)
  // It is sent in a header.
  @Matches(/^[\x21-\x7e]*$/, { message: 'must be printable ASCII characters without spaces' })
  @ApiProperty({ example: 'sk-an-example-of-a-key' })
  api_key!: string;

  /** The address of a server that speaks the provider's API, such as the project's gateway. Left out or null: the operator's address. */
  @IsOptional()
  @IsString()
  @Length(1, 2048)
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  base_url?: string | null;
}

export class SecretDto {
  /**
   * Id of the provider.
   * @example "openai"
   */
  provider!: string;

  /**
   * `sha256:` and the first 16 hexadecimal digits of the key's SHA-256, to compare with a key that you have.
   * @example "sha256:7dd2f7dc9a0b5f2e"
   */
  fingerprint!: string;

  /** The project's own address; null for the operator's. */
  @ApiProperty({ type: String, nullable: true })
  base_url!: string | null;

  /**
   * The only host that the key is sent to.
   * @example "https://api.openai.com"
   */
  host!: string;

  /** When the first key was put. */
  @ApiTime()
  created_at!: string;

  /** When the current key was put. */
  @ApiTime()
  updated_at!: string;
}

export class SecretListDto {
  /** Sorted by provider. */
  secrets!: SecretDto[];
}
