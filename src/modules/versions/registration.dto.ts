import { ApiInteger, ApiTime } from '../../infra/http/index.js';

export class RegistrationDto {
  /** The checked-out commit; null if not reported. */
  commit!: string | null;

  /** The branch; null if not reported, or with a detached head. */
  branch!: string | null;

  /** The repository; null if not reported. */
  repository!: string | null;

  /** True if the working tree had uncommitted changes; null if not reported. */
  dirty!: boolean | null;

  /** The file with the template; null if not reported. */
  file!: string | null;

  /** The line in the file, counted from 1; null if not reported. */
  @ApiInteger()
  line!: number | null;

  /** When the template was registered from there. */
  @ApiTime()
  registered_at!: string;
}
