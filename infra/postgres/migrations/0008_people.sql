CREATE TABLE "sessions" (
	"hash" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"via" text NOT NULL,
	"grants" jsonb NOT NULL,
	"token_id" text,
	"began_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"grants" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "id" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "at" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "via" text;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "refused" text;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "previous" text;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "hash" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_token_id_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_by_model" ON "audit" USING btree ("model","id");--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_is_one_chain" UNIQUE("previous");;
--> statement-breakpoint
-- Written by hand from here on. What was written before there was a chain becomes its beginning: the canonical JSON of
-- domain/audit.ts, whose keys are in this order. Such rows have no details.
DO $$
DECLARE
  old record;
  number bigint := 0;
  link text := 'beginning';
  content text;
BEGIN
  FOR old IN SELECT * FROM "audit" ORDER BY "id" LOOP
    number := number + 1;
    content := '{"action":' || to_json(old."action")
      || ',"at":' || to_json(to_char(old."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      || ',"because":' || coalesce(to_json(old."because")::text, 'null')
      || ',"by":' || to_json(old."by")
      || ',"details":null,"id":' || number
      || ',"model":' || coalesce(to_json(old."model")::text, 'null')
      || ',"previous":' || to_json(link)
      || ',"refused":null,"subject":' || coalesce(to_json(old."subject")::text, 'null')
      || ',"via":null}';
    UPDATE "audit" SET "id" = number, "details" = NULL, "previous" = link,
      "hash" = encode(sha256(convert_to(content, 'UTF8')), 'hex')
      WHERE "id" = old."id" RETURNING "hash" INTO link;
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "previous" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "audit" ALTER COLUMN "hash" SET NOT NULL;--> statement-breakpoint
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_is_append_only" BEFORE UPDATE OR DELETE ON "audit"
  FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_is_never_emptied" BEFORE TRUNCATE ON "audit"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
