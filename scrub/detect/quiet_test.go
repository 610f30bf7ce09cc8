package detect

import (
	"strings"
	"testing"
)

// quietLines have no personal data in them and must stay as they are. They are made up after the manner of systems in use.
const quietLines = `
081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_38865049064139660 terminating
081109 204005 35 INFO dfs.FSNamesystem: BLOCK* NameSystem.addStoredBlock: blockMap updated: blk_-4111111111111111 size 67108864
081111 081029 19 INFO dfs.FSDataset: Deleting block blk_5499820130000000004 file /mnt/hadoop/dfs/data/current/subdir21/blk_5499820130000000004
2026-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster for application appattempt_1445144423722_0020_000001
2026-10-18 18:01:48,963 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Executing with tokens:
2026-10-18 18:01:48,963 INFO [main] MRAppMaster: Kind: YARN_AM_RM_TOKEN, Service: , Ident: (appAttemptId { application_id { id: 20 cluster_timestamp: 1445144423722 } attemptId: 1 } keyId: -127633188)
2026-10-18 18:02:01,012 INFO [AsyncDispatcher event handler] TaskAttemptImpl: attempt_1445144423722_0020_m_000000_0 TaskAttempt Transitioned from NEW to UNASSIGNED
17/06/09 20:10:40 INFO executor.CoarseGrainedExecutorBackend: Registered signal handlers for [TERM, HUP, INT]
17/06/09 20:10:46 INFO storage.MemoryStore: Block broadcast_5_piece0 stored as bytes in memory (estimated size 5.2 KB, free 317.5 KB)
17/06/09 20:10:41 INFO spark.SecurityManager: SecurityManager: authentication disabled; ui acls disabled; users with view permissions: Set(yarn, curi)
2026-07-29 17:41:41,536 - INFO  [main:QuorumPeerConfig@101] - Reading configuration from: /opt/zookeeper/conf/zoo.cfg
2026-07-29 19:04:12,394 - WARN  [SendWorker:188978561024:QuorumCnxManager$SendWorker@688] - Send worker leaving thread
2026-07-30 23:52:53,594 - INFO  [CommitProcessor:1:NIOServerCnxn@1001] - Closed socket connection which had sessionid 0x14f05578bd80006
2026-07-29 21:42:31,000 - INFO  [main:ClientCnxn@1] - Session establishment complete on server, sessionid = 0x14ed93111f20027, negotiated timeout = 10000
nova-api.log.1.2026-05-16_13:53:08 2026-05-16 00:00:00.008 25746 INFO nova.osapi_compute.wsgi.server [req-38101a0b-2096-447d-96ea-a692162415ae - - -] "GET /v2/servers/detail HTTP/1.1" status: 200 len: 1893 time: 0.2477829
nova-compute.log 2026-05-16 00:00:04.500 2931 INFO nova.compute.manager [-] During sync_power_state the instance has a pending task (spawning). Skip.
- 1117838570 2026.06.03 R02-M1-N0-C:J12-U11 2026-06-03-15.42.50.675872 R02-M1-N0-C:J12-U11 RAS KERNEL INFO instruction cache parity error corrected
- 1117869872 2026.06.04 R04-M1-N4-I:J18-U11 2026-06-04-00.24.32.432192 R04-M1-N4-I:J18-U11 RAS APP FATAL ciod: failed to read message prefix on control stream
APPREAD 1117869876 2026.06.04 R27-M1-N4-I:J18-U01 2026-06-04-00.24.36.222560 RAS APP FATAL program interrupt: fp cr field .............0
KERNDTLB 1118536327 2026.06.11 R30-M0-N9-C:J16-U01 2026-06-11-17.32.07.581048 RAS KERNEL FATAL data TLB error interrupt
2026-08-01 12 134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change: Component \042alt0\042 is in the unavailable state (HWID=1973)
2027 node-70 unix.hw net.niff.up 1074119817 1 NIFF: node node-70 has detected an available network connection on network: 5.5.224.0 via interface scip0
- 1131566461 2026.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond(pam_unix)[2915]: session closed for user root
- 1131566479 2026.11.09 dn978 Nov 9 12:01:19 dn978/dn978 ib_sm.x[24583]: [ib_sm_sweep.c:1455]: No topology change
2026-09-28 04:30:30, Info                  CBS    Loaded Servicing Stack v6.1.7601.23505 with Core: C:\Windows\winsxs\amd64_microsoft-windows-servicingstack_31bf3856ad364e35_6.1.7601.23505_none_681aa442f6fed7f0\cbscore.dll
2026-09-28 04:30:31, Info                  CBS    Starting TrustedInstaller initialization.
2026-09-28 04:30:31, Info                  CBS    Session: 30546173_4261722401 initialized by client WindowsUpdateAgent.
2026-09-28 04:30:31, Info                  CBS    Read out cached package applicability for package: Package_for_KB2928120~31bf3856ad364e35~amd64~~6.1.1.2, ApplicableState: 112, CurrentState:112
2026-09-28 04:30:31, Info                  CSI    00000001@2026/9/27:20:30:31.455 WcpInitialize (wcp.dll version 0.0.0.6) called (stack @0x7fed806eb5d @0x7fef9fb9b6d)
Jun 14 15:16:01 combo sshd(pam_unix)[19939]: check pass; user unknown
Jun 15 04:06:18 combo su(pam_unix)[21416]: session opened for user cyrus by (uid=0)
Jun 15 02:04:59 combo sshd(pam_unix)[20882]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=
Jul 27 14:41:58 combo kernel: BIOS-e820: 0000000000000000 - 00000000000a0000 (usable)
Jul 27 14:41:58 combo kernel: Linux version 2.6.5-1.358 (gcc version 3.3.3 20040412 (Red Hat Linux 3.3.3-7)) #1 Sat May 8 09:04:50 EDT 2004
Jul 27 14:42:00 combo kernel: PCI: Probing PCI hardware (bus 00)
Jul 27 14:42:00 combo kernel: ACPI: RSDT (v001 AMIINT 00000.01 00:00:01.5 0000:00:1f.2) @ 0x00000000000f6ad0
Jul 27 14:42:12 combo kernel: CPU 0: Intel(R) Core(TM) stepping 0a, 3.2.1.4-generic
03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogsopening app wtoken = AppWindowToken{9f4ef63 token=Token{a64f992 ActivityRecord{de9231d u0 com.example.news/.activity t761}}}, allDrawn= false
03-17 16:13:38.819  1702  8671 D PowerManagerService: acquire lock=233570404, flags=0x1, tag="View Lock", name=com.android.systemui, ws=null, uid=10037, pid=2227
03-17 16:13:38.859  2227  2227 D TextView: visible is system.time.showampm
03-17 16:13:39.073  1702  1820 V WindowManager: Skipping AppWindowToken{df0798e token=Token{78af589 ActivityRecord{3b04890 u0 com.example.news t761}}} -- going to hide
03-17 16:15:00.101  1702  1702 I ActivityManager: Start proc, token=android.os.BinderProxy@61c7bf9
[Sun Dec 04 04:47:44 2026] [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties
[Sun Dec 04 04:51:08 2026] [notice] jk2_init() Found child 6725 in scoreboard slot 10
[Thu Jun 09 06:07:05 2026] [notice] LDAP: Built with OpenLDAP LDAP SDK, SSL support unavailable, Apache/2.4.58 (Unix) OpenSSL/1.1.1.1
Dec 10 06:55:46 LabSZ sshd[24200]: Received disconnect: 11: Bye Bye [preauth]
Dec 10 07:07:45 LabSZ sshd[24206]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=
Dec 10 09:32:20 LabSZ sshd[24680]: Accepted publickey for deploy ssh2: RSA SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8
Dec 10 09:32:21 LabSZ sshd[24680]: RSA key fingerprint is MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48
Jul  1 09:00:55 calvisitor kernel[0]: IOThunderboltSwitch<0>(0x0)::listenerCallback - Thunderbolt HPD packet for route = 0x0 port = 11 unplug = 0
Jul  1 09:01:06 calvisitor com.apple.CDScheduler[43]: Thermal pressure state: 1 Memory pressure state: 0
Jul  1 09:02:26 calvisitor kernel[0]: ARPT: 620701.011328: AirPort_Brcm43xx::syncPowerState: WWEN[enabled]
Jul  1 09:06:43 calvisitor kernel[0]: AppleCamIn::systemWakeCall - messageType = 0xE0000340
20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579
20171223-22:15:29:615|Step_LSC|30002312|onExtend:1514038530000 14 0 4
20171223-22:15:29:635|Step_SPUtils|30002312|getTodayTotalDetailSteps = 1514038440000##6993##548365##8661##12266##27164404
[10.30 16:49:06] chrome.exe - proxy.example.com:5070 close, 0 bytes sent, 0 bytes received, lifetime 00:01
[10.30 16:49:07] chrome.exe *64 - proxy.example.com:5070 open through proxy proxy.example.com:5070 HTTPS
time=2026-03-14T09:26:53.589Z level=INFO msg="request served" trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 status=200 took=12.345ms
{"ts":1773480413589,"id":"01HV6Z3X5T8K9QJ4M2N7P0R1S3","etag":"\"5d41402abc4b2a76b9719d911017c592\"","n":4539578763621486.5,"score":0.4539578763621486}
{"snowflake":"1234567890123456789","block":17,"nanos":1773480413589000000,"price":"4111.11","ratio":0.4111111111111111}
{"max_tokens":4096,"token_type":"Bearer","primary_key":"order_id","public_key":"ssh-rsa AAAA","tokens":[1,2,3],"prompt_tokens":120}
level=warn msg="password reset requested" password_changed=true password_set=false requires_password=true
level=info token_count=4096 next_token=1000200030004000 page_token=abcdef keyspace=main secret_name=db-main
Unexpected token: '}' at position 17
syntax error: unexpected token: identifier near line 3
password: must be at least eight characters
Enter password:
config: password=**** token=${API_TOKEN} secret=<redacted> api_key=[REDACTED] pwd=null passwd=""
GET /home/dashboard HTTP/1.1
GET https://example.com/home/index.html 200
PWD=/srv/app OLDPWD=/srv
using basic authentication for the upstream
Bearer token is missing
WWW-Authenticate: Bearer realm="api", error="invalid_token"
npm WARN deprecated react@18.2.0: use react@19.0.0-rc.1 and @types/node@20.11.5
<img src="logo@2x.png" srcset="logo@3x.jpg 3x">
pulled nginx@sha256:2bcabc23b45489fb0885d69a06ba1d648aeda973fae7bb981bafbb884165e514
java.lang.ref.Finalizer@1b6d3586 com.example.Pool@7852e922 Lorg.example.Foo;@5e9f23b4
systemd[1]: Started getty@tty1.service, user@1000.service and postgresql@16-main.service.
rabbit@rabbit-0.rabbit.default.svc.cluster.local is up
Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0
app version 1.2.3.4, firmware: 10.20.30.40, build=7.8.9.10, upgraded from version 1.2.3.4 to 1.2.3.5
package foo-1.2.3.4-5.el9 installed, bar~1.2.3.4, v1.2.3.4, libc6_2.31.0.9+deb11
SNMPv2-MIB::sysObjectID.0 = OID: 1.3.6.1.4.1.8072.3.2.10
std::vector<int>::push_back a::b::c Foo::Bar::baz dead::beef
bound to [::]:8080 and 127.0.0.1:8080 and [::1]:443 and 0.0.0.0:9090 mask 255.255.255.0
0000:00:1f.2 00:00:00:00:00:00 ff:ff:ff:ff:ff:ff
wwn 50:06:0e:80:16:4e:7b:00
123e4567-e89b-12d3-a456-426614174000
ports 4000 5000 6000 7000 open; counters 4111 1111 1111 1112
range 1000-2000-3000-4000, batch 20260314092653, build 202603140926
took 1234567890123 ns, at 1773480413, seq 4000000000000000, uptime 5105105105105100ms
order 123-45-67890, 000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567
DE00370400440532013000 DE89370400440532013001 XX89370400440532013000 AB12CDEF34567890
-----BEGIN CERTIFICATE-----
MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ
-----END CERTIFICATE-----
+0000 +01:00 +12345 -4111111111111111 @@ -12,7 +12,9 @@
x = 212.555.01 y = 3.14159265358979 z = 1e-4111111111111111
http://example.com/@scope/package and ssh://git@github.com/org/repo git@github.com:org/repo.git
/home/runner/work /home/ubuntu/app /Users/Shared/x C:\Users\Public\y C:\Users\Default\z
`

func TestQuietLinesStay(t *testing.T) {
	o := Defaults()
	for line := range strings.Lines(quietLines) {
		line = strings.TrimSuffix(line, "\n")
		ctx := Context{}
		if strings.HasPrefix(line, "{") {
			ctx.Shape = JSON
		}
		if out := scrubbed(&o, line, ctx); out != line {
			t.Errorf("\n in %s\nout %s", line, out)
		}
	}
}
