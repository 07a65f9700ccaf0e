# weir in a container: built from source, run as an ordinary user (docs/docker.md). Every step is tried by test/e2e/docker.test.ts.

FROM node:20-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3 util-linux
WORKDIR /weir
COPY . .
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
# For transcode and for ingest of what is no FLV. Without it: --build-arg FFMPEG=
ARG FFMPEG=ffmpeg
RUN if [ -n "$FFMPEG" ]; then apt-get update && apt-get install -y --no-install-recommends "$FFMPEG" && rm -rf /var/lib/apt/lists/*; fi
WORKDIR /weir
COPY --from=build /weir/package.json ./
COPY --from=build /weir/node_modules node_modules
COPY --from=build /weir/build/Release/weir.node /weir/build/Release/weir-launch /weir/build/Release/weir-load build/Release/
COPY --from=build /weir/dist/src dist/src
COPY --from=build /weir/dist/pages dist/pages
COPY --from=build /weir/dist/console dist/console
COPY --from=build /weir/conf conf
COPY --from=build /weir/share share
RUN mkdir -p objs && chown node:node objs
USER node
VOLUME /weir/objs
EXPOSE 1935 8080
# Clients are asked to go elsewhere, and waited for: `docker stop --time` must be above drain_wait.
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "dist/src/main.js", "ctl", "status"]
CMD ["node", "--max-semi-space-size=1", "dist/src/main.js", "-c", "conf/docker.conf"]
