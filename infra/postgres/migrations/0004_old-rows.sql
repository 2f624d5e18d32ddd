ALTER TABLE "snapshots" ADD COLUMN "rehearsal_rows" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "golden_rows" integer DEFAULT 0 NOT NULL;