CREATE TABLE "audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"by" text NOT NULL,
	"action" text NOT NULL,
	"model" text,
	"subject" text,
	"because" text,
	"details" jsonb
);
--> statement-breakpoint
CREATE TABLE "config_applications" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "config_applications_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"digest" text NOT NULL,
	"by" text NOT NULL,
	"applied_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "configs" (
	"digest" text PRIMARY KEY NOT NULL,
	"config" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "label_codes" (
	"model" text NOT NULL,
	"raw" text NOT NULL,
	"label" text NOT NULL,
	CONSTRAINT "label_codes_model_raw_pk" PRIMARY KEY("model","raw")
);
--> statement-breakpoint
CREATE TABLE "models" (
	"name" text PRIMARY KEY NOT NULL,
	"config" jsonb NOT NULL,
	"config_digest" text NOT NULL,
	"salt" text NOT NULL,
	"declared" boolean DEFAULT true NOT NULL,
	"paused" boolean DEFAULT false NOT NULL,
	"refit_onset_seq" bigint,
	"refit_at_seq" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"model" text NOT NULL,
	"generation" bigint NOT NULL,
	"version" text NOT NULL,
	"digest" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"healthy" boolean DEFAULT true NOT NULL,
	"took_over_at_seq" bigint NOT NULL,
	"by" text NOT NULL,
	"because" text NOT NULL,
	"run_id" text,
	CONSTRAINT "deployments_model_generation_pk" PRIMARY KEY("model","generation")
);
--> statement-breakpoint
CREATE TABLE "regrets" (
	"model" text NOT NULL,
	"generation" bigint NOT NULL,
	"state" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "regrets_model_generation_pk" PRIMARY KEY("model","generation")
);
--> statement-breakpoint
CREATE TABLE "rollout_steps" (
	"model" text NOT NULL,
	"generation" bigint NOT NULL,
	"phase" text NOT NULL,
	"version" text NOT NULL,
	"digest" text NOT NULL,
	"champion" text NOT NULL,
	"champion_digest" text NOT NULL,
	"share" double precision NOT NULL,
	"config_digest" text NOT NULL,
	"by" text NOT NULL,
	"because" text NOT NULL,
	"run_id" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rollout_steps_model_generation_version_pk" PRIMARY KEY("model","generation","version"),
	CONSTRAINT "rollout_steps_share" CHECK (share >= 0 and share <= 1)
);
--> statement-breakpoint
CREATE TABLE "routes" (
	"model" text NOT NULL,
	"generation" bigint NOT NULL,
	"champion" text NOT NULL,
	"champion_digest" text NOT NULL,
	"challenger" text,
	"challenger_digest" text,
	"share" double precision,
	"by" text NOT NULL,
	"because" text NOT NULL,
	"run_id" text,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "routes_model_generation_pk" PRIMARY KEY("model","generation")
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"model" text NOT NULL,
	"version" text NOT NULL,
	"number" integer NOT NULL,
	"digest" text NOT NULL,
	"role" text NOT NULL,
	"parent" text,
	"run_id" text,
	"snapshot_id" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"promoted_at" timestamp (3) with time zone,
	"accuracy_on_test" double precision,
	"reference_error_rate" double precision,
	"train_seconds" double precision,
	"reference" jsonb,
	CONSTRAINT "versions_model_version_pk" PRIMARY KEY("model","version"),
	CONSTRAINT "versions_number" UNIQUE("model","number"),
	CONSTRAINT "versions_once_per_run" UNIQUE NULLS NOT DISTINCT("model","run_id","digest"),
	CONSTRAINT "versions_role" CHECK (role in ('champion', 'challenger', 'retired', 'rejected'))
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"fingerprint" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"status" text NOT NULL,
	"model" text NOT NULL,
	"alertname" text NOT NULL,
	"labels" jsonb NOT NULL,
	"annotations" jsonb NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "alerts_fingerprint_starts_at_pk" PRIMARY KEY("fingerprint","starts_at")
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"run_id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"by" text NOT NULL,
	"because" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version_digest" text,
	"report_digest" text,
	"test_digest" text,
	"config_digest" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "evaluations" (
	"run_id" text NOT NULL,
	"look" integer NOT NULL,
	"rows" integer NOT NULL,
	"challenger" text NOT NULL,
	"challenger_digest" text,
	"champion" text NOT NULL,
	"champion_digest" text,
	"test_digest" text NOT NULL,
	"report" jsonb NOT NULL,
	"report_digest" text NOT NULL,
	"by" text NOT NULL,
	"because" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "evaluations_run_id_look_pk" PRIMARY KEY("run_id","look")
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "findings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"model" text NOT NULL,
	"version" text,
	"monitor" text NOT NULL,
	"level" text NOT NULL,
	"value" double precision,
	"bound" double precision,
	"sentence" text NOT NULL,
	"window_from" timestamp (3) with time zone,
	"window_to" timestamp (3) with time zone,
	"config_digest" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_events" (
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"position" bigint GENERATED ALWAYS AS IDENTITY (sequence name "run_events_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"phase" text NOT NULL,
	"sentence" text NOT NULL,
	"data" jsonb,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_events_run_id_key_pk" PRIMARY KEY("run_id","key")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"trigger" jsonb NOT NULL,
	"by" text NOT NULL,
	"because" text NOT NULL,
	"phase" text NOT NULL,
	"config_digest" text NOT NULL,
	"labelled_at_start" bigint NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"snapshot_id" text,
	"version" text,
	"verdict" jsonb,
	"outcome" jsonb,
	"promoted_at" timestamp (3) with time zone,
	"train_seconds" double precision,
	"progress" jsonb,
	"training_began_at" timestamp (3) with time zone,
	"training_began_seq" bigint
);
--> statement-breakpoint
CREATE TABLE "training_progress" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"progress" jsonb NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "training_progress_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
CREATE TABLE "verdicts" (
	"run_id" text NOT NULL,
	"look" integer NOT NULL,
	"verdict" jsonb NOT NULL,
	"kind" text NOT NULL,
	"report_digest" text NOT NULL,
	"test_digest" text NOT NULL,
	"config_digest" text NOT NULL,
	"by" text NOT NULL,
	"because" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "verdicts_run_id_look_pk" PRIMARY KEY("run_id","look")
);
--> statement-breakpoint
CREATE TABLE "snapshot_examples" (
	"snapshot_id" text NOT NULL,
	"part" text NOT NULL,
	"position" integer NOT NULL,
	"seq" bigint NOT NULL,
	"prediction_id" uuid NOT NULL,
	"bucket" date NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "snapshot_examples_snapshot_id_part_position_pk" PRIMARY KEY("snapshot_id","part","position")
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"id" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"run_id" text NOT NULL,
	"from_seq" bigint NOT NULL,
	"cut_seq" bigint NOT NULL,
	"onset_seq" bigint,
	"train_rows" integer NOT NULL,
	"validation_rows" integer NOT NULL,
	"rehearsal_share" double precision NOT NULL,
	"digest" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "snapshots_run_id_unique" UNIQUE("run_id")
);
--> statement-breakpoint
CREATE TABLE "champion_scores" (
	"model" text NOT NULL,
	"seq" bigint NOT NULL,
	"prediction_id" uuid NOT NULL,
	"bucket" date NOT NULL,
	"partition" text NOT NULL,
	"version" text,
	"correct" boolean,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "champion_scores_model_seq_pk" PRIMARY KEY("model","seq"),
	CONSTRAINT "champion_scores_once" UNIQUE("prediction_id")
);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "dead_letters_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"code" text NOT NULL,
	"reason" text NOT NULL,
	"model" text,
	"topic" text NOT NULL,
	"partition" integer NOT NULL,
	"offset" bigint NOT NULL,
	"key" "bytea",
	"payload" "bytea",
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"relayed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "folds" (
	"model" text PRIMARY KEY NOT NULL,
	"known_xid" "xid8" NOT NULL,
	"known_id" bigint NOT NULL,
	"labelled" bigint NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ingest_offsets" (
	"cluster_id" text NOT NULL,
	"topic" text NOT NULL,
	"partition" integer NOT NULL,
	"next" bigint NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ingest_offsets_cluster_id_topic_partition_pk" PRIMARY KEY("cluster_id","topic","partition")
);
--> statement-breakpoint
CREATE TABLE "totals" (
	"model" text NOT NULL,
	"version" text NOT NULL,
	"partition" text NOT NULL,
	"kind" text NOT NULL,
	"a" text NOT NULL,
	"b" text NOT NULL,
	"value" bigint NOT NULL,
	CONSTRAINT "totals_model_version_partition_kind_a_b_pk" PRIMARY KEY("model","version","partition","kind","a","b")
);
--> statement-breakpoint
ALTER TABLE "config_applications" ADD CONSTRAINT "config_applications_digest_configs_digest_fk" FOREIGN KEY ("digest") REFERENCES "public"."configs"("digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "label_codes" ADD CONSTRAINT "label_codes_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "models" ADD CONSTRAINT "models_config_digest_configs_digest_fk" FOREIGN KEY ("config_digest") REFERENCES "public"."configs"("digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_model_version_versions_model_version_fk" FOREIGN KEY ("model","version") REFERENCES "public"."versions"("model","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "regrets" ADD CONSTRAINT "regrets_model_generation_deployments_model_generation_fk" FOREIGN KEY ("model","generation") REFERENCES "public"."deployments"("model","generation") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_steps" ADD CONSTRAINT "rollout_steps_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routes" ADD CONSTRAINT "routes_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routes" ADD CONSTRAINT "routes_model_champion_versions_model_version_fk" FOREIGN KEY ("model","champion") REFERENCES "public"."versions"("model","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routes" ADD CONSTRAINT "routes_model_challenger_versions_model_version_fk" FOREIGN KEY ("model","challenger") REFERENCES "public"."versions"("model","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_progress" ADD CONSTRAINT "training_progress_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verdicts" ADD CONSTRAINT "verdicts_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshot_examples" ADD CONSTRAINT "snapshot_examples_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "folds" ADD CONSTRAINT "folds_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_deployment" ON "deployments" USING btree ("model") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_champion_per_model" ON "versions" USING btree ("model") WHERE role = 'champion';--> statement-breakpoint
CREATE INDEX "alerts_by_model" ON "alerts" USING btree ("model","received_at");--> statement-breakpoint
CREATE INDEX "findings_by_model" ON "findings" USING btree ("model","at");--> statement-breakpoint
CREATE INDEX "runs_by_model" ON "runs" USING btree ("model","started_at");--> statement-breakpoint
CREATE INDEX "snapshot_examples_by_prediction" ON "snapshot_examples" USING btree ("prediction_id");--> statement-breakpoint
CREATE INDEX "dead_letters_to_relay" ON "dead_letters" USING btree ("id") WHERE relayed_at is null;