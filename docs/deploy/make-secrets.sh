#!/bin/sh
# Makes the secrets of docker-compose.yml in a folder (default: secrets), once; what is there already stays.
# The folder is closed to others. The files are readable, because in the containers another user reads them.
set -eu
folder=${1:-secrets}
umask 077
mkdir -p "$folder"

make() { # name, then the command whose output it holds
  [ -e "$folder/$1" ] && return
  name=$1
  shift
  "$@" >"$folder/.$name"
  chmod 444 "$folder/.$name"
  mv "$folder/.$name" "$folder/$name"
}

make secret_key openssl rand -hex 48
make oidc_private_key openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072
make factor_key openssl rand -hex 32
make seal_key openssl genpkey -quiet -algorithm ed25519
make owner_password openssl rand -hex 24
make owner_database_url printf 'postgresql://sekisho_owner:%s@postgres/sekisho' "$(cat "$folder/owner_password")"
for service in web worker notices beat sealer auditor; do
  make "${service}_password" openssl rand -hex 24
  make "${service}_database_url" printf "postgresql://sekisho_$service:%s@postgres/sekisho" "$(cat "$folder/${service}_password")"
done
make redis_password openssl rand -hex 24
make redis_conf printf 'requirepass %s\nsave ""\nappendonly no\n' "$(cat "$folder/redis_password")"
make broker_url printf 'redis://:%s@redis:6379/0' "$(cat "$folder/redis_password")"
make cache_url printf 'redis://:%s@redis:6379/1' "$(cat "$folder/redis_password")"
# An AWS credentials file for the workers; empty where the ordinary chain has another source, such as an instance role.
make aws_credentials true
