FROM python:3.12.12-slim AS build
WORKDIR /app
COPY requirements.lock .
# Without pip in it: what runs has no means to install.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock -c requirements.lock
ENV PATH=/venv/bin:$PATH
COPY . .
# The settings ask for these and collecting files uses none of them.
RUN pybabel --quiet compile -D django -d locale \
    && SECRET_KEY=$(head -c 48 /dev/urandom | base64 -w 0) OIDC_PRIVATE_KEY=none FACTOR_KEY=$(head -c 48 /dev/urandom | base64 -w 0) ALLOWED_HOSTS=none PORTAL_URL=https://none \
       DATABASE_URL=sqlite:// BROKER_URL=memory:// python manage.py collectstatic --noinput \
    && python -m compileall -q /app

FROM python:3.12.12-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sekisho \
    && install -d -m 700 -o sekisho -g sekisho /var/lib/sekisho/spool /var/lib/sekisho/guard
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PORT=8000
USER sekisho
EXPOSE 8000
CMD ["gunicorn", "--config=python:portal.web_server.settings", "portal.wsgi"]
