CREATE TABLE "rollout_looks" (
	"run_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"look" jsonb NOT NULL,
	CONSTRAINT "rollout_looks_run_id_at_pk" PRIMARY KEY("run_id","at")
);
--> statement-breakpoint
ALTER TABLE "rollout_looks" ADD CONSTRAINT "rollout_looks_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;