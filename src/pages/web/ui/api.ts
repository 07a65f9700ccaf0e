// Calls of the API at the page's own origin. The browser adds the password that it asked for.

const patience = 10_000;

/** Its message is for the operator. */
export class ApiError extends Error {}

/** The type is what the API's document says of the path. */
export async function callApi<T>(path: string, method = 'GET'): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { method, cache: 'no-store', signal: AbortSignal.timeout(patience) });
  } catch {
    throw new ApiError('The server can’t be reached.');
  }
  const body = (await response.json().catch(() => ({}))) as { readonly data?: { readonly message?: string } };
  if (!response.ok) throw new ApiError(body.data?.message ?? `The server answers with status ${response.status}.`);
  return body as T;
}
