import { ApiInteger, ApiTime } from '../../infra/http/index.js';

export class RegistrationDto {
  /** The commit that was checked out; null when it was not told. */
  commit!: string | null;

  /** The branch; null when it was not told, or with a detached head. */
  branch!: string | null;

  /** The repository; null when it was not told. */
  repository!: string | null;

  /** True when the working tree had changes that no commit holds; null when it was not told. */
  dirty!: boolean | null;

  /** The file that held the template; null when it was not told. */
  file!: string | null;

  /** The line in it, counted from 1; null when it was not told. */
  @ApiInteger()
  line!: number | null;

  /** When it was registered from there. */
  @ApiTime()
  registered_at!: string;
}
