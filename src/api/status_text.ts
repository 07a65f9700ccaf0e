// The words of HTTP statuses.

const reasons: Readonly<Record<number, string>> = {
  ...{ 200: 'OK', 206: 'Partial Content', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' },
  ...{ 308: 'Permanent Redirect' },
  ...{
    405: 'Method Not Allowed',
    409: 'Conflict',
    413: 'Content Too Large',
    416: 'Range Not Satisfiable',
    500: 'Internal Server Error',
  },
  ...{ 501: 'Not Implemented', 503: 'Service Unavailable' },
};

export function statusText(status: number): string {
  return reasons[status] ?? 'Unknown';
}
