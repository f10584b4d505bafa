/** Tokens that nothing needs any more go back to the provider that gave them (RFC 7009). */
import { tokenRevocation, type Configuration } from 'openid-client';

/**
 * The refresh token first: it outlives everything else. One that the provider does not take keeps the other from nothing; each is given up after openid-client's 30 s.
 * @returns whether the provider confirmed each; never throws, as a provider need not revoke at all
 */
export async function giveBack(configuration: Configuration, { refreshToken, accessToken }: { refreshToken: string | null | undefined; accessToken: string | null | undefined }): Promise<boolean> {
  let confirmed = true;
  for (const token of [refreshToken, accessToken]) {
    if (token == null) continue;
    await tokenRevocation(configuration, token).catch(() => {
      confirmed = false;
    });
  }
  return confirmed;
}
