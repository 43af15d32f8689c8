"""RabbitMQ through pika, NATS through nats-py, MQTT through paho: and a part for every test."""

from __future__ import annotations

import asyncio
import queue
import socket
from typing import TYPE_CHECKING

import nats as nats_library
import pika
import pytest
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from pytest_engine import presets
from pytest_engine.core.errors import InvalidInput

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

pytestmark = pytest.mark.engine

IMAGES = ("rabbitmq:4-management", "nats:2", "eclipse-mosquitto:2")

rabbitmq = presets.rabbitmq(
    username="me",
    password="p/@ :w",
    after=["images"],
    scope="module",
)
vhost = presets.fresh(rabbitmq)

nats = presets.nats(
    username="me",
    password="secret",
    jetstream=True,
    after=["images"],
    scope="module",
)
subjects = presets.fresh(nats)
open_nats = presets.nats(after=["images"], scope="module")

mosquitto = presets.mosquitto(after=["images"], scope="module")
topics = presets.fresh(mosquitto)
closed = presets.mosquitto(
    username="me",
    password="secret",
    config="max_connections 7",
    args=["-v"],
    after=["images"],
    scope="module",
)


def channel(url: str) -> BlockingChannel:
    return pika.BlockingConnection(pika.URLParameters(url)).channel()


@pytest.mark.parametrize("time", range(2))
def test_a_virtual_host_is_empty_at_first(vhost: presets.VirtualHost, time: int) -> None:
    opened = channel(vhost.url)
    with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no queue 'work'"):
        opened.queue_declare("work", passive=True)
    opened.connection.close()
    opened = channel(vhost.url)
    opened.queue_declare("work")
    opened.basic_publish("", "work", str(time).encode())
    got = opened.basic_get("work", auto_ack=True)
    assert got[2] == str(time).encode()
    opened.connection.close()


def test_the_main_virtual_host_is_the_one_that_every_broker_has(
    rabbitmq: presets.RabbitMq,
) -> None:
    assert rabbitmq.url.endswith("/%2F")
    channel(rabbitmq.url).connection.close()


def test_a_virtual_host_is_gone_after_its_test(rabbitmq: presets.RabbitMq) -> None:
    with rabbitmq.fresh() as made:
        assert made.name in listed(rabbitmq)
    assert made.name not in listed(rabbitmq)


def listed(broker: presets.RabbitMq) -> set[str]:
    found = broker.manage("GET", "/api/vhosts")
    assert isinstance(found, list)
    return {one["name"] for one in found}


def test_what_the_management_refuses_is_told(rabbitmq: presets.RabbitMq) -> None:
    with pytest.raises(presets.StatementFailed, match=r"GET /api/nothing .* status 404"):
        rabbitmq.manage("GET", "/api/nothing")


async def echo(url: str, subject: str) -> bytes:
    client = await nats_library.connect(url)
    subscription = await client.subscribe(subject)
    await client.publish(subject, b"hello")
    message = await subscription.next_msg(timeout=30)
    await client.close()
    return message.data


def test_nats_carries_messages(nats: presets.Nats, subjects: presets.Prefix) -> None:
    assert asyncio.run(echo(nats.url, subjects("orders"))) == b"hello"
    assert subjects("orders") == f"{subjects.prefix}.orders"


def test_nats_keeps_streams_where_that_is_asked_for(
    nats: presets.Nats, subjects: presets.Prefix
) -> None:
    async def keep() -> int:
        client = await nats_library.connect(nats.url)
        stream = client.jetstream()
        await stream.add_stream(name=subjects.prefix, subjects=[subjects(">")])
        kept = await stream.publish(subjects("orders"), b"one")
        await client.close()
        return kept.seq

    assert asyncio.run(keep()) == 1


def test_nats_asks_for_the_password(nats: presets.Nats, open_nats: presets.Nats) -> None:
    # By hand, since the library leaves a socket behind when it is refused.
    with socket.create_connection(nats.address, timeout=30) as sock, sock.makefile("rb") as lines:
        assert b'"auth_required":true' in lines.readline()
        sock.sendall(b'CONNECT {"user":"me","pass":"wrong","verbose":true}\r\nPING\r\n')
        assert lines.readline() == b"-ERR 'Authorization Violation'\r\n"
    assert asyncio.run(echo(open_nats.url, "any")) == b"hello"


def mqtt(broker: presets.Mosquitto, password: str) -> tuple[Client, queue.SimpleQueue[object]]:
    """Connect; the queue gets the broker's verdict, and then the payloads of messages."""
    heard: queue.SimpleQueue[object] = queue.SimpleQueue()

    def on_connect(
        _client: Client, _data: object, _flags: ConnectFlags, reason: object, _properties: object
    ) -> None:
        heard.put(str(reason))

    def on_message(_client: Client, _data: object, message: MQTTMessage) -> None:
        heard.put(message.payload)

    client = Client(CallbackAPIVersion.VERSION2)
    client.on_connect = on_connect
    client.on_message = on_message
    if broker.username:
        client.username_pw_set(broker.username, password)
    client.connect(broker.host, broker.port)
    client.loop_start()
    return client, heard


def test_mosquitto_carries_messages(mosquitto: presets.Mosquitto, topics: presets.Prefix) -> None:
    client, heard = mqtt(mosquitto, "")
    assert heard.get(timeout=30) == "Success"
    client.subscribe(topics("lamp/#"))
    client.publish(topics("lamp/state"), b"on", retain=True)
    assert heard.get(timeout=30) == b"on"
    client.disconnect()
    client.loop_stop()
    assert mosquitto.url == f"mqtt://{mosquitto.host}:{mosquitto.port}"


@pytest.mark.parametrize(
    ("password", "verdict"), [("secret", "Success"), ("wrong", "Not authorized")]
)
def test_mosquitto_asks_for_the_password(
    closed: presets.Mosquitto, password: str, verdict: str
) -> None:
    client, heard = mqtt(closed, password)
    assert heard.get(timeout=30) == verdict
    client.disconnect()
    client.loop_stop()
    assert "Sending CONNACK" in closed.container.logs()


def test_a_name_that_mosquitto_cannot_read_is_refused() -> None:
    with pytest.raises(InvalidInput, match="username: 'a:b' cannot be written"):
        presets.mosquitto(username="a:b")
