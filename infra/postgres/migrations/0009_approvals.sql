ALTER TABLE "verdicts" ADD COLUMN "forced" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "verdicts" DROP CONSTRAINT "verdicts_run_id_look_pk";--> statement-breakpoint
ALTER TABLE "verdicts" ADD CONSTRAINT "verdicts_run_id_look_forced_pk" PRIMARY KEY("run_id","look","forced");--> statement-breakpoint
ALTER TABLE "approvals" DROP CONSTRAINT "approvals_pkey";--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "id" bigint PRIMARY KEY NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "approvals_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "about" text DEFAULT 'promotion' NOT NULL;--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "roles" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "decision_id" text;--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "policy_digest" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "approvals_by_run" ON "approvals" USING btree ("run_id");--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_decision_id_unique" UNIQUE("decision_id");
