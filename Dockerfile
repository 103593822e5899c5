# One image for all roles; the role is the first argument: docker run leptonstream detector --bootstrap-servers kafka:9092
# The base has no shell and no package manager; -extra brings ICU and time zones, which zh-CN texts need.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
ARG BUILDARCH
WORKDIR /source
COPY global.json nuget.config .editorconfig Directory.Build.props Directory.Packages.props ./
COPY src/ src/
RUN dotnet publish src/LeptonStream.Cli/LeptonStream.Cli.csproj --configuration Release --arch $TARGETARCH --no-self-contained --output /app
# The edge alone, compiled ahead of time, where the machine that builds is of the image's kind. Elsewhere lepton edge is the program above.
RUN [ "$TARGETARCH" != "$BUILDARCH" ] || { apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && dotnet publish src/LeptonStream.Cli/LeptonStream.Cli.csproj --configuration Release --arch $TARGETARCH -p:NativeEdge=true --output /native \
    && install -m 755 /native/lepton /app/lepton-edge; }

# Charts in notifications have numbers at their axes, and the base has no font.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS fonts
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-dejavu-core

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="LeptonStream" \
      org.opencontainers.image.description="Stream anomaly detection and alerting for AI infrastructure" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY LICENSE /licenses/LICENSE
COPY --from=build /app /app
COPY --from=fonts /usr/share/fonts/truetype/dejavu /usr/share/fonts/truetype/dejavu
WORKDIR /tmp
USER 1654:1654
EXPOSE 8080 8081
ENTRYPOINT ["/app/lepton"]
