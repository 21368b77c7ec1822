sentryctl set sentry_remote_reporter --cna=3 --eid='fd00:0000:0000:0000:0000:0000:0000:0003;fd00:0001:0000:0000:0000:0000:0000:0003' --panic_timeout_ms=35000
sentryctl set sentry_urma_comm --server_eid='fd00:0000:0000:0000:0000:0000:0000:0003,fd00:0000:0000:0000:0000:0000:0000:0001,fd00:0000:0000:0000:0000:0000:0000:0002;fd00:0001:0000:0000:0000:0000:0000:0003,fd00:0001:0000:0000:0000:0000:0000:0001,fd00:0001:0000:0000:0000:0000:0000:0002' --client_jetty_id=100
sentryctl set sentry_uvb_comm --server_cna='1;2'
sentryctl set sentry_remote_reporter --panic=on
