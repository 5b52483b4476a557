# One image for the API, the worker and the commands (migrate, seed). It holds neither development packages nor the
# embedded PostgreSQL: a container gets its database by DATABASE_URL.
#
#   docker build -t prompt-ledger .
#
# scripts/check-image.mjs runs the steps of this file without Docker and boots what comes out.

# An even major with long-term support; 20.19 is the oldest that works.
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The client is a workspace; the command line is built on its sources.
COPY sdk/package.json ./sdk/package.json
COPY cli/package.json ./cli/package.json
COPY dashboard/package.json ./dashboard/package.json
# `install --no-save` and not `ci`: it installs what the lock says as well, and `ci` refuses a lock without the other
# platforms' optional packages. No scripts: none of the packages needs its own here. With optional packages: those are the
# native halves of what builds the dashboard; the next stage drops them.
RUN npm install --no-save --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ormconfig.ts ./
COPY migrations ./migrations
COPY sdk/src ./sdk/src
COPY src ./src
COPY dashboard ./dashboard
RUN npm run build

FROM build AS prune
RUN npm prune --no-save --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE} AS runtime
# docker build --build-arg VERSION=… --build-arg REVISION="$(git rev-parse HEAD)"
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="Prompt Ledger" \
      org.opencontainers.image.description="A governed control plane for LLM prompts" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    PROMPT_LEDGER_HOME=/tmp/prompt-ledger
WORKDIR /app
COPY package.json LICENSE ./
COPY docs/errors.md ./docs/errors.md
COPY --from=prune /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/dashboard/dist ./dashboard/dist
# The files belong to root: the service writes none of them. (PROMPT_LEDGER_HOME is for the embedded server, which is
# not here; it is set so that a container without DATABASE_URL says that, and not that it cannot write to /app.)
USER node
EXPOSE 8000
STOPSIGNAL SIGTERM
# Only whether the process answers: orchestrators replace what fails this, and a database that is down is not cured by it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node as the first process: it handles SIGTERM itself and has no children to reap. The commands do not, hence `init: true`
# in the compose files.
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
