// The vhost of streams that name none that is known.

export const defaultVhostName = '__defaultVhost__';
