"""A team's own server: answers, and publishes what it said and what production said back, by Driftloop's contract."""
import argparse, json, os, random, secrets, time, uuid
from datetime import datetime, timezone
from kafka import KafkaProducer

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--brokers", default=os.environ.get("DRIFTLOOP_KAFKA_BROKERS", "127.0.0.1:9092"))
parser.add_argument("--namespace", default=os.environ.get("DRIFTLOOP_NAMESPACE", "default"))
parser.add_argument("--version", default="v1", help="the version that this server answers with")
parser.add_argument("--learnt", choices=["old", "new"], default="old", help="what that version has learnt")
parser.add_argument("--world", choices=["old", "new"], default="old", help="what production is like")
parser.add_argument("--rows", type=int, default=1000)
parser.add_argument("--seed", type=int)
options = parser.parse_args()

LATE = {"old": lambda row: row["distance"] > 500, "new": lambda row: row["weight"] > 10}
label = lambda concept, row: "late" if LATE[concept](row) else "on-time"
now = lambda: datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

def uuid7():  # 48 bits of time, version 7, random bits; Python 3.14 has it as uuid.uuid7
    bits = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=bits))

producer = KafkaProducer(bootstrap_servers=options.brokers.split(","), acks="all")
def publish(topic, message):
    key, value = message["predictionId"].encode(), json.dumps(message).encode()
    producer.send(f"{options.namespace}.driftloop.{topic}.v1", key=key, value=value)

dice = random.Random(options.seed)
for _ in range(options.rows):
    row = {"distance": round(dice.uniform(0, 1000), 1), "weight": round(dice.uniform(0, 20), 2)}
    said, prediction = label(options.learnt, row), uuid7()
    publish("predictions", {"predictionId": prediction, "model": "parcels", "version": options.version, "input": row,
                            "output": {"label": said, "scores": {said: 1.0}}, "at": now()})
    publish("feedback", {"feedbackId": f"delivery-{prediction}", "predictionId": prediction, "kind": "label",
                         "value": label(options.world, row), "at": now(), "source": "deliveries"})
producer.flush()
