"""Takes the versions that Driftloop hands over: checks the signature, fetches the files, checks the digest."""
import base64, hashlib, hmac, json, os, pathlib, sys, time, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = base64.b64decode(os.environ["DRIFTLOOP_HANDOVER_SECRET"].removeprefix("whsec_"))
CONSOLE, TOKEN = os.environ["DRIFTLOOP_CONSOLE_URL"], os.environ["DRIFTLOOP_TOKEN"]

def is_signed(headers, body):
    signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body
    ours = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    is_recent = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return is_recent and any(hmac.compare_digest(ours, theirs) for theirs in headers["webhook-signature"].split())

def fetch(data):
    """The files of the version, in a folder of its name; an error where they are not what the digest says."""
    folder, digest = pathlib.Path("versions", data["version"]), hashlib.sha256()
    for file in sorted(data["artifact"]["files"], key=lambda file: file["path"]):
        address = f'{CONSOLE}{data["artifact"]["path"]}/{file["path"]}'
        asked = urllib.request.Request(address, headers={"authorization": f"Bearer {TOKEN}"})
        content = urllib.request.urlopen(asked).read()
        digest.update(f'{file["path"]}\0{hashlib.sha256(content).hexdigest()}\n'.encode())
        (folder / file["path"]).parent.mkdir(parents=True, exist_ok=True)
        (folder / file["path"]).write_bytes(content)
    if digest.hexdigest() != data["digest"]:
        raise ValueError(f'{folder} is not {data["digest"]}')
    (folder / "DIGEST").write_text(digest.hexdigest())

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = 401
        if is_signed(self.headers, body):
            fetch(json.loads(body)["data"])  # an error here is a 500 to Driftloop, which tries again
            status = 204
        self.send_response(status)
        self.end_headers()

server = HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000), Receiver)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
