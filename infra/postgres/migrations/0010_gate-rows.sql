CREATE TABLE "golden_rows" (
	"model" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"input" jsonb NOT NULL,
	"label" text NOT NULL,
	"by" text NOT NULL,
	"because" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp (3) with time zone,
	"retired_by" text,
	"retired_because" text,
	CONSTRAINT "golden_rows_model_id_pk" PRIMARY KEY("model","id")
);
--> statement-breakpoint
CREATE TABLE "tested_rows" (
	"run_id" text NOT NULL,
	"part" text NOT NULL,
	"id" text NOT NULL,
	"from_look" integer NOT NULL,
	"until_look" integer,
	"seq" bigint NOT NULL,
	"bucket" date,
	"hash" "bytea" NOT NULL,
	"label" text NOT NULL,
	"entity" text,
	"source" text,
	"ours" jsonb NOT NULL,
	"theirs" jsonb NOT NULL,
	"digest" text NOT NULL,
	CONSTRAINT "tested_rows_run_id_part_id_from_look_pk" PRIMARY KEY("run_id","part","id","from_look")
);
--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "learnt" "bytea";--> statement-breakpoint
ALTER TABLE "versions" ADD COLUMN "learnt_is_whole" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "golden_rows" ADD CONSTRAINT "golden_rows_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tested_rows" ADD CONSTRAINT "tested_rows_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "golden_rows_by_kind" ON "golden_rows" USING btree ("model","kind");